import FoundationEssentials

/// A table whose rows run out, and how a page of it is swept.
private struct Sweepable: Sendable {
    let name: String
    /// The last key of the page that begins after `$1` and has `$2` + 1 rows.
    let pageEnd: SQLStatement
    /// Deletes what has run out at `$3` after `$1` up to `$2`.
    let delete: SQLStatement
    let keyLength: Int

    /// `condition` compares with `$3`, milliseconds.
    init(_ name: String, key: String, keyLength: Int = 16, where condition: String) {
        self.name = name
        self.keyLength = keyLength
        self.pageEnd = SQLStatement(
            "SELECT \(key) FROM \(name) WHERE \(key) > $1 ORDER BY \(key) LIMIT 1 OFFSET $2")
        self.delete = SQLStatement(
            "DELETE FROM \(name) WHERE \(key) > $1 AND \(key) <= $2 AND \(condition)")
    }

    /// A code that nobody redeemed goes as soon as no node's clock can think it good.
    private static let unspentCodeMemory: Int64 = 60 * 1000
    static let isUnspentCode = "spent_at IS NULL AND expires_at + \(unspentCodeMemory) <= $3"
    /// A clock that is set back by less than this lets no identifier be used again.
    private static let replayMemory: Int64 = 3600 * 1000
    /// Who opens an old mail is told that its link is out of date or was used.
    private static let mailTokenMemory: Int64 = 30 * 24 * 3600 * 1000
    private static let outboxMemory: Int64 = 24 * 3600 * 1000

    static let all = [
        Sweepable("access_tokens", key: "selector", where: "expires_at <= $3"),
        Sweepable(
            "refresh_families", key: "selector", where: "(expires_at <= $3 OR ended_at < $3)"),
        // A revoked grant is as dead as one that is gone; it stays a moment for those who look at
        // it meanwhile.
        Sweepable("grants", key: "id", where: "(expires_at <= $3 OR revoked_at + 60000 <= $3)"),
        // A spent code is remembered as long as its grant, so that its replay can end all that it
        // gave (RFC 6749 §4.1.2).
        Sweepable(
            "authorization_codes", key: "selector",
            where: """
                expires_at <= $3 AND NOT EXISTS (SELECT 1
                FROM grants g
                WHERE g.id = authorization_codes.grant_id)
                """),
        Sweepable("interactions", key: "id", where: "expires_at <= $3"),
        Sweepable("sessions", key: "id", where: "ended_at < $3"),
        Sweepable("sms_challenges", key: "id", where: "expires_at <= $3"),
        Sweepable(
            "mail_tokens", key: "selector", where: "expires_at + \(mailTokenMemory) <= $3"),
        Sweepable("attempts", key: "key", keyLength: 32, where: "expires_at <= $3"),
        Sweepable("known_browsers", key: "key", keyLength: 32, where: "expires_at <= $3"),
        Sweepable(
            "replayed_ids", key: "hash", keyLength: 32,
            where: "expires_at + \(replayMemory) <= $3"),
        Sweepable(
            "outbox", key: "id", where: "(expires_at <= $3 OR delivered_at + \(outboxMemory) <= $3)"
        ),
        // Their `$3` is the retention before now.
        Sweepable("audit_events", key: "id", where: "at <= $3"),
    ]
}

private enum Statements {
    static let position = SQLStatement("SELECT position FROM sweep_positions WHERE name = $1")
    static let savePosition = SQLStatement(
        """
        INSERT INTO sweep_positions (name, position) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position
        """)
    /// The grants of codes that nobody redeemed: nothing was issued under them, and nothing can be.
    static let unusedGrants = SQLStatement(
        """
        DELETE FROM grants
        WHERE id IN (SELECT grant_id FROM authorization_codes
        WHERE selector > $1 AND selector <= $2 AND \(Sweepable.isUnspentCode))
        """)
    static let idleFamilies = SQLStatement(
        """
        SELECT selector, grant_id FROM refresh_families
        WHERE selector > $1 AND selector <= $2 AND ended_at IS NULL AND idle_expires_at <= $3
        """)
    static let endFamily = SQLStatement(
        "UPDATE refresh_families SET ended_at = $2 WHERE selector = $1")
    static let expiredSessions = SQLStatement(
        """
        SELECT id FROM sessions
        WHERE id > $1 AND id <= $2 AND ended_at IS NULL AND (expires_at <= $3
            OR last_used_at + idle_seconds * 1000 <= $3)
        """)
    static let sessionClients = SQLStatement(
        """
        DELETE
        FROM session_clients
        WHERE session_id > $1 AND session_id <= $2 AND NOT EXISTS (SELECT 1
        FROM sessions s
        WHERE s.id = session_clients.session_id)
        """)
}

extension StoreWriter {
    /// One small step through every table whose rows run out: what has expired goes, sessions that
    /// have run out end as such, so that their clients are told.
    ///
    /// Each table is looked at in two places, `limit` rows at most in each: at its beginning, where
    /// the oldest rows are if its keys follow time, and where the last step's slow round through the
    /// whole table stopped, for rows that have run out among others: those that live long, or any
    /// where keys are random. The round goes on at once as long as a quarter of what it meets has
    /// run out, so that dead rows are never much more than that.
    ///
    /// - Parameter auditRetention: how long audit events are kept, in seconds (SR-67).
    public func sweep(
        limit: Int, auditRetention: TimeInterval, at now: Date
    ) throws -> SweepReport {
        guard limit > 0 else { throw StoreError.invalid(detail: "a step sweeps at least one row") }
        var report = SweepReport()
        for table in Sweepable.all {
            let start = [UInt8](repeating: 0, count: table.keyLength)
            let now = table.name == "audit_events" ? now.addingTimeInterval(-auditRetention) : now
            var before = report.deleted
            let edge = try sweep(table, after: start, limit: limit, at: now, into: &report)
            if report.deleted - before >= limit { report.hasMore = true }
            // A table that fits in one page has been seen whole.
            guard let edge else { continue }
            let position = try connection.first(Statements.position, [.text(table.name)]) {
                try $0.bytes()
            }
            before = report.deleted
            let next = try sweep(
                table, after: max(position ?? edge, edge), limit: limit, at: now, into: &report)
            if (report.deleted - before) * 4 >= limit { report.hasMore = true }
            _ = try connection.change(
                Statements.savePosition, [.text(table.name), .bytes(next ?? start)])
        }
        return report
    }

    /// Sweeps the page after `key`; returns its last key, or nil when the table ends before.
    private func sweep(
        _ table: Sweepable, after key: [UInt8], limit: Int, at now: Date,
        into report: inout SweepReport
    ) throws -> [UInt8]? {
        let found = try connection.first(table.pageEnd, [.bytes(key), .count(limit - 1)]) {
            try $0.bytes()
        }
        let end = found ?? [UInt8](repeating: 0xFF, count: table.keyLength)
        let page: [SQLValue] = [.bytes(key), .bytes(end), .time(now)]
        switch table.name {
        case "sessions":
            let expired: [Session.ID] = try connection.all(Statements.expiredSessions, page) {
                try $0.id()
            }
            for session in expired where try self.end(session, .expired, at: now) {
                report.sessionsEnded += 1
            }
        case "authorization_codes":
            report.deleted += try connection.change(Statements.unusedGrants, page)
        case "refresh_families": try endIdleFamilies(page, at: now)
        default: break
        }
        report.deleted += try connection.change(table.delete, page)
        if table.name == "sessions" {
            report.deleted += try connection.change(
                Statements.sessionClients, [.bytes(key), .bytes(end)])
        }
        return found
    }

    /// The grant of a family that nobody used in time would otherwise stay as long as the family
    /// could have lived.
    private func endIdleFamilies(_ page: [SQLValue], at now: Date) throws {
        let idle: [([UInt8], Grant.ID)] = try connection.all(Statements.idleFamilies, page) {
            (try $0.bytes(), try $0.id())
        }
        for (selector, grant) in idle {
            _ = try connection.change(Statements.endFamily, [.bytes(selector), .time(now)])
            try revoke(grant, at: now)
        }
    }
}

/// Byte by byte, as both databases order keys.
private func max(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    left.lexicographicallyPrecedes(right) ? right : left
}
