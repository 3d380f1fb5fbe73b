import FoundationEssentials

private enum Statements {
    static let live = SQLStatement(
        """
        SELECT t.hash, t.selector, t.grant_id, t.client, t.scopes, t.audience, t.jkt, t.created_at,
            t.expires_at, \(Grant.columns)
        FROM access_tokens t LEFT JOIN grants g ON g.id = t.grant_id \(Grant.owners)
        WHERE t.selector = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND (t.grant_id IS
            NULL OR \(Grant.isAlive))
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO access_tokens (selector, hash, grant_id, client, scopes, audience, jkt,
            created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    static let bySelector = SQLStatement(
        "SELECT hash, client FROM access_tokens WHERE selector = $1")
    static let revoke = SQLStatement(
        "UPDATE access_tokens SET revoked_at = $2 WHERE selector = $1 AND revoked_at IS NULL")
}

extension AccessToken {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            selector: try row.bytes(), grant: try row.optionalID(), client: try row.text(),
            scopes: try row.text(),
            audience: try row.optionalText(), jkt: try row.optionalText(),
            createdAt: try row.time(),
            expiresAt: try row.time())
    }
}

extension StoreReading {
    /// The token, if it is good now: neither expired nor revoked, and its grant alive.
    public func accessToken(_ reference: SecretReference, at now: Date) throws -> LiveAccessToken? {
        let found = try connection.first(Statements.live, [.bytes(reference.selector), .time(now)])
        { row in
            let hash = try row.bytes()
            let token = try AccessToken(&row)
            return (hash, LiveAccessToken(token: token, grant: row.isNull ? nil : try Grant(&row)))
        }
        guard let (hash, live) = found, equalInConstantTime(hash, reference.hash) else {
            return nil
        }
        return live
    }
}

extension StoreWriter {
    /// A token for a client that acts for itself (RFC 6749 §4.4).
    public func issueClientToken(_ token: NewAccessToken, client: String, at now: Date) throws {
        try insert(token, grant: nil, client: client, expiresAt: token.expiresAt, at: now)
    }

    /// A token of a grant; it lives no longer than the grant.
    func insert(_ token: NewAccessToken, of grant: Grant, at now: Date) throws {
        try insert(
            token, grant: grant.id, client: grant.client,
            expiresAt: min(token.expiresAt, grant.expiresAt), at: now)
    }

    private func insert(
        _ token: NewAccessToken, grant: Grant.ID?, client: String, expiresAt: Date, at now: Date
    ) throws {
        _ = try connection.change(
            Statements.insert,
            [
                .bytes(token.reference.selector), .bytes(token.reference.hash), .id(grant),
                .text(client),
                .text(token.scopes), .text(token.audience), .text(token.jkt), .time(now),
                .time(expiresAt),
            ])
    }

    /// Ends one access token, however often it is asked (RFC 7009 §2.1).
    public func revokeAccessToken(
        _ reference: SecretReference, client: String, at now: Date
    ) throws -> Revocation {
        let selector = SQLValue.bytes(reference.selector)
        let found = try connection.first(Statements.bySelector, [selector]) {
            (try $0.bytes(), try $0.text())
        }
        guard let (hash, owner) = found, equalInConstantTime(hash, reference.hash) else {
            return .unknown
        }
        guard owner == client else { return .wrongClient }
        _ = try connection.change(Statements.revoke, [selector, .time(now)])
        return .revoked
    }
}
