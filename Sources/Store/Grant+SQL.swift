import FoundationEssentials

private enum Statements {
    static let live = SQLStatement(
        "SELECT \(Grant.columns) FROM grants g \(Grant.owners) WHERE g.id = $1 AND \(Grant.isAlive)"
    )
    static let insert = SQLStatement(
        """
        INSERT INTO grants (id, account_id, account_epoch, client, subject, session_id, sid,
            scopes, claims, resources, acr, amr, auth_time, nonce, jkt, created_at, expires_at,
            revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """)
    static let revoke = SQLStatement(
        "UPDATE grants SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
    static let bind = SQLStatement("UPDATE grants SET jkt = $2 WHERE id = $1 AND jkt IS NULL")
}

extension Grant {
    static let columns = """
        g.id, g.account_id, g.account_epoch, g.client, g.subject, g.session_id, g.sid, g.scopes, \
        g.claims, \
        g.resources, g.acr, g.amr, g.auth_time, g.nonce, g.jkt, g.created_at, g.expires_at,
        g.revoked_at
        """

    /// Joined to `grants g`, so that a grant can be judged without a second look.
    static let owners = """
        LEFT JOIN accounts a ON a.id = g.account_id LEFT JOIN sessions s ON s.id = g.session_id
        """

    /// Whether `g` is alive at `$2`. A missing account or session compares as null, which counts as
    /// dead.
    static let isAlive = """
        (g.revoked_at IS NULL AND g.expires_at > $2 AND (g.account_id IS NULL OR (a.closed_at IS \
        NULL AND a.epoch = g.account_epoch)) AND (g.session_id IS NULL OR (s.ended_at IS NULL \
        AND s.expires_at > $2 AND s.last_used_at + s.idle_seconds * 1000 > $2)))
        """

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), account: try row.optionalID(), accountEpoch: try row.integer(),
            client: try row.text(), subject: try row.text(), session: try row.optionalID(),
            sid: try row.optionalText(), scopes: try row.text(), claims: try row.optionalText(),
            resources: try row.optionalText(), acr: try row.text(), amr: try row.text(),
            authTime: try row.time(), nonce: try row.optionalText(), jkt: try row.optionalText(),
            createdAt: try row.time(), expiresAt: try row.time(), revokedAt: try row.optionalTime())
    }
}

extension StoreReading {
    /// The grant, if it is alive: what a JWT access token names is judged by it (design D26).
    public func grant(_ id: Grant.ID, at now: Date) throws -> Grant? {
        try connection.first(Statements.live, [.id(id), .time(now)]) { try Grant(&$0) }
    }
}

extension StoreWriter {
    /// Ends a grant and all that it issued. Nothing happens if it has ended already.
    public func revoke(_ grant: Grant.ID, at now: Date) throws {
        _ = try connection.change(Statements.revoke, [.id(grant), .time(now)])
    }

    func insert(_ grant: Grant) throws {
        _ = try connection.change(
            Statements.insert,
            [
                .id(grant.id), .id(grant.account), .integer(grant.accountEpoch),
                .text(grant.client),
                .text(grant.subject), .id(grant.session), .text(grant.sid), .text(grant.scopes),
                .text(grant.claims), .text(grant.resources), .text(grant.acr), .text(grant.amr),
                .time(grant.authTime), .text(grant.nonce), .text(grant.jkt), .time(grant.createdAt),
                .time(grant.expiresAt), .time(grant.revokedAt),
            ])
    }

    /// Binds a grant to the key that its code was redeemed with, unless it is bound already.
    func bind(_ grant: Grant.ID, to jkt: String) throws {
        _ = try connection.change(Statements.bind, [.id(grant), .text(jkt)])
    }
}
