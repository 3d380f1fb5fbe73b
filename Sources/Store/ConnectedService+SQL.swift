import FoundationEssentials

private enum Statements {
    /// For a client two rows at most, one after another.
    static let ofAccount = SQLStatement(
        """
        SELECT g.client AS client, MAX(g.created_at), CAST(NULL AS BIGINT)
        FROM grants g \(Grant.owners)
        WHERE g.account_id = $1 AND \(Grant.isAlive)
        GROUP BY g.client
        UNION ALL
        SELECT client, NULL, updated_at FROM consents WHERE account_id = $1
        ORDER BY client
        """)
}

extension StoreReading {
    /// The clients that the account has a live grant or a consent for, in the order of their ids: one
    /// query.
    public func connectedServices(
        of account: Account.ID, at now: Date
    ) throws -> [ConnectedService] {
        var found: [ConnectedService] = []
        try connection.run(Statements.ofAccount, [.id(account), .time(now)]) { row in
            var columns = SQLColumns(row)
            let service = ConnectedService(
                client: try columns.text(), grantedAt: try columns.optionalTime(),
                consentedAt: try columns.optionalTime())
            guard let last = found.last, last.client == service.client else {
                return found.append(service)
            }
            found[found.count - 1].grantedAt = last.grantedAt ?? service.grantedAt
            found[found.count - 1].consentedAt = last.consentedAt ?? service.consentedAt
        }
        return found
    }
}
