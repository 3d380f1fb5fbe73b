private enum Statements {
    static let withTile = SQLStatement(
        """
        SELECT id, revision FROM clients WHERE has_tile = 1 AND disabled_at IS NULL
        ORDER BY id LIMIT $1
        """)
}

extension StoreReading {
    /// The enabled clients that have a tile on the portal, by id, each with its revision: what tells
    /// whether what is cached of them is still current.
    public func clientsWithTile(limit: Int) throws -> [(id: String, revision: Int64)] {
        try connection.all(Statements.withTile, [.count(limit)]) { row in
            (id: try row.text(), revision: try row.integer())
        }
    }
}
