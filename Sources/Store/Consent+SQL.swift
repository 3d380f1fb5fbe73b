import FoundationEssentials

private enum Statements {
    static let columns = "account_id, client, scopes, updated_at"
    static let byClient = SQLStatement(
        "SELECT \(columns) FROM consents WHERE account_id = $1 AND client = $2")
    static let ofAccount = SQLStatement(
        "SELECT \(columns) FROM consents WHERE account_id = $1 ORDER BY client")
    static let save = SQLStatement(
        """
        INSERT INTO consents (account_id, client, scopes, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, client) DO UPDATE SET scopes = excluded.scopes,
            updated_at = excluded.updated_at
        """)
    static let remove = SQLStatement("DELETE FROM consents WHERE account_id = $1 AND client = $2")
    static let revoke = SQLStatement(
        """
        UPDATE grants SET revoked_at = $3
        WHERE account_id = $1 AND client = $2 AND revoked_at IS NULL AND expires_at > $3
        """)
}

extension Consent {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            account: try row.id(), client: try row.text(), scopes: try row.text(),
            updatedAt: try row.time())
    }
}

extension StoreReading {
    public func consent(of account: Account.ID, client: String) throws -> Consent? {
        try connection.first(Statements.byClient, [.id(account), .text(client)]) {
            try Consent(&$0)
        }
    }

    /// In the order of the clients' ids.
    public func consents(of account: Account.ID) throws -> [Consent] {
        try connection.all(Statements.ofAccount, [.id(account)]) { try Consent(&$0) }
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

    /// Takes back what the account let the client see: its grants for this client are revoked, offline
    /// ones too, and with them all that they issued, also where there was no consent. False when there
    /// was none.
    @discardableResult
    public func withdrawConsent(
        of account: Account.ID, client: String, at now: Date
    ) throws -> Bool {
        _ = try connection.change(Statements.revoke, [.id(account), .text(client), .time(now)])
        return try connection.changesOne(Statements.remove, [.id(account), .text(client)])
    }
}
