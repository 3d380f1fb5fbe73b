private enum Statements {
    static let enabled = SQLStatement(
        "SELECT id, revision FROM clients WHERE disabled_at IS NULL ORDER BY id LIMIT $1")
}

extension StoreReading {
    /// The enabled clients, by id, each with its revision: what tells whether what is cached of them is
    /// still current.
    public func clientRevisions(limit: Int) throws -> [(id: String, revision: Int64)] {
        try connection.all(Statements.enabled, [.count(limit)]) { row in
            (id: try row.text(), revision: try row.integer())
        }
    }
}
