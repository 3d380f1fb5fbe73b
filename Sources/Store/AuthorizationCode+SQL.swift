import FoundationEssentials

private enum Statements {
    static let bySelector = SQLStatement(
        """
        SELECT c.hash, c.redirect_uri, c.code_challenge, c.expires_at, c.spent_at, CASE WHEN
            \(Grant.isAlive) THEN 1 ELSE 0 END, \(Grant.columns)
        FROM authorization_codes c JOIN grants g ON g.id = c.grant_id \(Grant.owners)
        WHERE c.selector = $1
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO authorization_codes (selector, hash, grant_id, redirect_uri, code_challenge,
            expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """)
    static let spend = SQLStatement(
        "UPDATE authorization_codes SET spent_at = $2 WHERE selector = $1 AND spent_at IS NULL")
}

/// A code as it is stored, with its grant.
private struct StoredCode {
    var hash: [UInt8]
    var redirectURI: String
    var codeChallenge: String?
    var expiresAt: Date
    var isSpent: Bool
    var isGrantAlive: Bool
    var grant: Grant

    init(_ row: inout SQLColumns) throws {
        hash = try row.bytes()
        redirectURI = try row.text()
        codeChallenge = try row.optionalText()
        expiresAt = try row.time()
        isSpent = try row.optionalTime() != nil
        isGrantAlive = try row.integer() == 1
        grant = try Grant(&row)
    }

    func mismatch(_ request: CodeRedemptionRequest) -> CodeMismatch? {
        if request.redirectURI != redirectURI { return .redirectURI }
        // Also a verifier where no challenge was given: it would hide that the challenge was
        // stripped (RFC 9700 §4.8).
        if request.codeChallenge != codeChallenge { return .codeVerifier }
        if let jkt = grant.jkt, request.jkt != jkt { return .key }
        return nil
    }
}

extension StoreWriter {
    /// Spends a code and writes what it gives, in one transaction (security.md 2.8, SR-15, SR-16).
    ///
    /// Exactly one of any number of simultaneous calls gets `.fresh`.
    public func redeem(_ request: CodeRedemptionRequest, at now: Date) throws -> CodeRedemption {
        let selector = SQLValue.bytes(request.code.selector)
        let stored = try connection.first(Statements.bySelector, [selector, .time(now)]) {
            try StoredCode(&$0)
        }
        guard let stored, equalInConstantTime(stored.hash, request.code.hash) else {
            return .unknown
        }
        guard stored.grant.client == request.client else { return .wrongClient }
        if stored.isSpent {
            // The grant is revoked, not only the code: a replay means that someone else has read it
            // (RFC 6749 §4.1.2).
            let isRevoking = stored.grant.revokedAt == nil
            if isRevoking { try revoke(stored.grant.id, at: now) }
            return .replayed(stored.grant.id, revoking: isRevoking)
        }
        guard stored.expiresAt > now else { return .expired }
        guard stored.isGrantAlive else { return .ended }
        guard try connection.changesOne(Statements.spend, [selector, .time(now)]) else {
            // Can't happen in a serializable transaction; if it ever does, nothing may be issued.
            throw StoreError.conflict(detail: "a code was spent meanwhile")
        }
        if let mismatch = stored.mismatch(request) {
            // Nothing will ever be issued under it: it must not stay for months.
            try revoke(stored.grant.id, at: now)
            return .mismatch(mismatch)
        }
        var grant = stored.grant
        if let jkt = request.jkt, grant.jkt == nil {
            try bind(grant.id, to: jkt)
            grant.jkt = jkt
        }
        let issue = try request.issue(grant)
        if let token = issue.accessToken { try insert(token, of: grant, at: now) }
        if let family = issue.refreshFamily { try insert(family, of: grant, at: now) }
        return .fresh(grant)
    }

    func insert(_ code: AuthorizationCode) throws {
        _ = try connection.change(
            Statements.insert,
            [
                .bytes(code.reference.selector), .bytes(code.reference.hash), .id(code.grant),
                .text(code.redirectURI), .text(code.codeChallenge), .time(code.expiresAt),
            ])
    }
}
