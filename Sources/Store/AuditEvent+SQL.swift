import FoundationEssentials

private enum Statements {
    static let columns = "id, at, kind, account_id, client, actor, network, detail"
    static let insert = SQLStatement(
        "INSERT INTO audit_events (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    static let all = SQLStatement(
        "SELECT \(columns) FROM audit_events WHERE id < $1 ORDER BY id DESC LIMIT $2")
    static let ofAccount = SQLStatement(
        """
        SELECT \(columns)
        FROM audit_events
        WHERE account_id = $3 AND id < $1
        ORDER BY id DESC LIMIT $2
        """)
}

extension AuditEvent {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), at: try row.time(), kind: try row.word(),
            account: try row.optionalID(),
            client: try row.optionalText(), actor: try row.optionalText(),
            network: try row.optionalText(),
            detail: try row.text())
    }
}

extension StoreReading {
    /// Newest first, those before `id`; of one account, or of all.
    public func auditEvents(
        of account: Account.ID?, before id: AuditEvent.ID?, limit: Int
    ) throws -> [AuditEvent] {
        let end = id ?? AuditEvent.ID(high: .max, low: .max)
        guard let account else {
            return try connection.all(Statements.all, [.id(end), .count(limit)]) {
                try AuditEvent(&$0)
            }
        }
        return try connection.all(Statements.ofAccount, [.id(end), .count(limit), .id(account)]) {
            try AuditEvent(&$0)
        }
    }
}

extension StoreWriter {
    public func append(_ event: AuditEvent) throws {
        _ = try connection.change(
            Statements.insert,
            [
                .id(event.id), .time(event.at), .text(event.kind.rawValue), .id(event.account),
                .text(event.client),
                .text(event.actor), .text(event.network), .text(event.detail),
            ])
    }
}
