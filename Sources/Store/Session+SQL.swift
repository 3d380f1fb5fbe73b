import FoundationEssentials

private enum Statements {
    static let byReference = SQLStatement(
        """
        SELECT \(Session.columns), \(Account.columns)
        FROM sessions s
        JOIN accounts a ON a.id = s.account_id
        WHERE s.id = $1 AND \(Session.isAlive)
        """)
    static let ofAccount = SQLStatement(
        """
        SELECT \(Session.columns) FROM sessions s JOIN accounts a ON a.id = s.account_id
        WHERE s.account_id = $1 AND \(Session.isAlive) ORDER BY s.id
        """)
    /// `$3` sessions at most.
    static let overview = SQLStatement(
        """
        SELECT \(Session.columns), x.client
        FROM sessions s LEFT JOIN session_clients x ON x.session_id = s.id
        WHERE s.id IN (SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id
            WHERE s.account_id = $1 AND \(Session.isAlive)
            ORDER BY s.last_used_at DESC, s.id DESC LIMIT $3)
        ORDER BY s.last_used_at DESC, s.id DESC, x.client
        """)
    static let isLive = SQLStatement(
        """
        SELECT 1 FROM sessions s JOIN accounts a ON a.id = s.account_id
        WHERE s.id = $1 AND \(Session.isAlive) AND s.account_id = $3 AND s.account_epoch = $4
        """)
    static let clients = SQLStatement(
        "SELECT session_id, client, sid FROM session_clients WHERE session_id = $1")
    static let sid = SQLStatement(
        "SELECT sid FROM session_clients WHERE session_id = $1 AND client = $2")
    static let insertClient = SQLStatement(
        """
        INSERT INTO session_clients (session_id, client, sid) VALUES ($1, $2, $3)
        ON CONFLICT (session_id, client) DO NOTHING
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO sessions (id, secret_hash, account_id, account_epoch, facts, acr, amr,
            auth_time, browser_hash, opened_at, last_used_at, idle_seconds, expires_at, ended_at,
            end_reason, upstream, device)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """)
    static let renew = SQLStatement(
        """
        UPDATE sessions SET secret_hash = $2, facts = $3, acr = $4, amr = $5, auth_time = $6,
            browser_hash = $7, last_used_at = $8, idle_seconds = $9, expires_at = $10,
            upstream = COALESCE($11, upstream), device = $12
        WHERE id = $1
        """)
    static let touch = SQLStatement(
        """
        UPDATE sessions SET last_used_at = $2
        WHERE id = $1 AND ended_at IS NULL AND last_used_at < $2
        """)
    static let end = SQLStatement(
        "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL")
    static let endOf = SQLStatement(
        """
        UPDATE sessions SET ended_at = $2, end_reason = $3
        WHERE id = $1 AND ended_at IS NULL AND account_id = $4
        """)
    static let open = SQLStatement(
        "SELECT id FROM sessions WHERE account_id = $1 AND ended_at IS NULL")
}

extension Session {
    static let columns = """
        s.id, s.secret_hash, s.account_id, s.account_epoch, s.facts, s.acr, s.amr, s.auth_time, \
        s.browser_hash, s.opened_at, s.last_used_at, s.idle_seconds, s.expires_at, s.ended_at, \
        s.end_reason, s.upstream, s.device
        """

    /// Whether `s`, of the account `a`, is alive at `$2`.
    static let isAlive = """
        s.ended_at IS NULL AND s.expires_at > $2 AND s.last_used_at + s.idle_seconds * 1000 > $2 \
        AND a.closed_at IS NULL AND a.epoch = s.account_epoch
        """

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), secretHash: try row.bytes(), account: try row.id(),
            accountEpoch: try row.integer(),
            facts: try row.bytes(), acr: try row.text(), amr: try row.text(),
            authTime: try row.time(),
            browserHash: try row.bytes(), openedAt: try row.time(), lastUsedAt: try row.time(),
            idleSeconds: try row.integer(), expiresAt: try row.time(),
            endedAt: try row.optionalTime(),
            endReason: try row.optionalWord(), upstream: try row.optionalBytes(),
            device: try row.optionalText())
    }
}

extension StoreReading {
    /// The session that the secret opens, if it is alive: neither ended nor idle nor too old, its
    /// account open and in the same epoch.
    public func session(_ reference: SecretReference, at now: Date) throws -> LiveSession? {
        let found = try connection.first(
            Statements.byReference, [.bytes(reference.selector), .time(now)]
        ) { row in
            LiveSession(session: try Session(&row), account: try Account(&row))
        }
        guard let found, equalInConstantTime(found.session.secretHash, reference.hash) else {
            return nil
        }
        return found
    }

    /// The account's live sessions, oldest first.
    public func sessions(of account: Account.ID, at now: Date) throws -> [Session] {
        try connection.all(Statements.ofAccount, [.id(account), .time(now)]) { try Session(&$0) }
    }

    /// The account's live sessions with their clients, the one used last first, in one query.
    public func sessionOverviews(
        of account: Account.ID, limit: Int, at now: Date
    ) throws -> [SessionOverview] {
        var found: [SessionOverview] = []
        try connection.run(Statements.overview, [.id(account), .time(now), .count(limit)]) { row in
            var columns = SQLColumns(row)
            let session = try Session(&columns)
            if found.last?.session.id != session.id {
                found.append(SessionOverview(session: session, clients: []))
            }
            if let client = try columns.optionalText() {
                found[found.count - 1].clients.append(client)
            }
        }
        return found
    }

    /// The clients that a session signed in to.
    public func sessionClients(of session: Session.ID) throws -> [SessionClient] {
        try connection.all(Statements.clients, [.id(session)]) { row in
            SessionClient(session: try row.id(), client: try row.text(), sid: try row.text())
        }
    }

    public func sid(of session: Session.ID, client: String) throws -> String? {
        try connection.first(Statements.sid, [.id(session), .text(client)]) { try $0.text() }
    }

    /// Whether the session is alive and belongs to this account in this epoch.
    public func isLive(
        _ session: Session.ID, of account: Account.ID, epoch: Int64, at now: Date
    ) throws -> Bool {
        try connection.first(
            Statements.isLive, [.id(session), .time(now), .id(account), .integer(epoch)]
        ) { _ in true } ?? false
    }
}

extension StoreWriter {
    /// A new sign-in.
    public func open(_ session: Session) throws {
        _ = try connection.change(
            Statements.insert,
            [
                .id(session.id), .bytes(session.secretHash), .id(session.account),
                .integer(session.accountEpoch),
                .bytes(session.facts), .text(session.acr), .text(session.amr),
                .time(session.authTime),
                .bytes(session.browserHash), .time(session.openedAt), .time(session.lastUsedAt),
                .integer(session.idleSeconds), .time(session.expiresAt), .time(session.endedAt),
                .text(session.endReason?.rawValue), .bytes(session.upstream), .text(session.device),
            ])
    }

    /// A session of the one who asked for a change that ended them all.
    ///
    /// Throws `.conflict` unless its account is open and in the session's epoch: it would open as
    /// dead, or come to life in a later epoch.
    func reopen(_ session: Session) throws {
        guard let owner = try account(session.account), owner.closedAt == nil,
            owner.epoch == session.accountEpoch
        else {
            throw StoreError.conflict(detail: "account \(session.account) is in another epoch")
        }
        try open(session)
    }

    /// The same session after its person has signed in anew: another secret, so that the cookie from
    /// before is void, and its time begins again. Who signed in by a provider before is still to be
    /// signed out there: a renewal without `upstream` keeps it.
    func renew(_ session: Session) throws {
        _ = try connection.change(
            Statements.renew,
            [
                .id(session.id), .bytes(session.secretHash), .bytes(session.facts),
                .text(session.acr),
                .text(session.amr), .time(session.authTime), .bytes(session.browserHash),
                .time(session.lastUsedAt), .integer(session.idleSeconds), .time(session.expiresAt),
                .bytes(session.upstream), .text(session.device),
            ])
    }

    /// Notes a use. Callers do so now and then, not at each use: it is a write.
    public func touch(_ session: Session.ID, at now: Date) throws {
        _ = try connection.change(Statements.touch, [.id(session), .time(now)])
    }

    /// Ends a session: the grants bound to it, with all that they issued, are dead from now on,
    /// since each use looks at the session; the clients that asked for it are told (design D12).
    /// False when it had ended already.
    @discardableResult
    public func end(_ session: Session.ID, _ reason: SessionEndReason, at now: Date) throws -> Bool
    {
        let isEnded = try connection.changesOne(
            Statements.end, [.id(session), .time(now), .text(reason.rawValue)])
        if isEnded { try enqueueLogouts(of: session, at: now) }
        return isEnded
    }

    /// As `end`, if it is a session of this account: a person ends their own alone (SR-59). False for
    /// another's too.
    @discardableResult
    public func end(
        _ session: Session.ID, of account: Account.ID, _ reason: SessionEndReason, at now: Date
    ) throws -> Bool {
        let isEnded = try connection.changesOne(
            Statements.endOf, [.id(session), .time(now), .text(reason.rawValue), .id(account)])
        if isEnded { try enqueueLogouts(of: session, at: now) }
        return isEnded
    }

    @discardableResult
    func endSessions(
        of account: Account.ID, except kept: Session.ID? = nil, _ reason: SessionEndReason,
        at now: Date
    ) throws -> Int {
        let open: [Session.ID] = try connection.all(Statements.open, [.id(account)]) {
            try $0.id()
        }.filter { $0 != kept }
        for session in open { try end(session, reason, at: now) }
        return open.count
    }

    /// The `sid` of (session, client): the one it has, else the candidate.
    func ensureSID(_ candidate: String, of session: Session.ID, client: String) throws -> String {
        let isNew = try connection.changesOne(
            Statements.insertClient, [.id(session), .text(client), .text(candidate)])
        if isNew { return candidate }
        guard let sid = try sid(of: session, client: client) else {
            throw StoreError.corrupt(detail: "session \(session) lost its client")
        }
        return sid
    }
}
