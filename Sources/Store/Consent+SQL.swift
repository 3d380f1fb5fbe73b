import FoundationEssentials

private enum Statements {
    static let byClient = SQLStatement(
        """
        SELECT account_id, client, scopes, updated_at
        FROM consents
        WHERE account_id = $1 AND client = $2
        """)
    static let save = SQLStatement(
        """
        INSERT INTO consents (account_id, client, scopes, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, client) DO UPDATE SET scopes = excluded.scopes,
            updated_at = excluded.updated_at
        """)
    static let remove = SQLStatement("DELETE FROM consents WHERE account_id = $1 AND client = $2")
}

extension StoreReading {
    public func consent(of account: Account.ID, client: String) throws -> Consent? {
        try connection.first(Statements.byClient, [.id(account), .text(client)]) { row in
            Consent(
                account: try row.id(), client: try row.text(), scopes: try row.text(),
                updatedAt: try row.time())
        }
    }
}

extension StoreWriter {
    /// Replaces what the account let the client see before.
    public func save(_ consent: Consent) throws {
        _ = try connection.change(
            Statements.save,
            [
                .id(consent.account), .text(consent.client), .text(consent.scopes),
                .time(consent.updatedAt),
            ])
    }

    /// False when there was none. What was issued under it stays until it expires.
    @discardableResult
    public func withdrawConsent(of account: Account.ID, client: String) throws -> Bool {
        try connection.changesOne(Statements.remove, [.id(account), .text(client)])
    }
}
