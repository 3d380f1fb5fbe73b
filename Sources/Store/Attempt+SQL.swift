import FoundationEssentials

private enum Statements {
    static let byKey = SQLStatement(
        "SELECT counted, window_ends_at, locked_until FROM attempts WHERE key = $1")
    static let counted = SQLStatement(
        "SELECT counted FROM attempts WHERE key = $1 AND window_ends_at > $2")
    /// Counts only from the state that was read, whatever the isolation.
    static let count = SQLStatement(
        """
        INSERT INTO attempts (key, counted, window_ends_at, locked_until, expires_at) VALUES ($1,
            $2, $3, $4, $5)
        ON CONFLICT (key) DO UPDATE SET counted = excluded.counted,
            window_ends_at = excluded.window_ends_at, locked_until = excluded.locked_until,
            expires_at = excluded.expires_at
        WHERE attempts.counted = $6 AND attempts.window_ends_at = $7
        """)
    static let clear = SQLStatement("DELETE FROM attempts WHERE key = $1")
    static let giveBack = SQLStatement(
        """
        UPDATE attempts SET counted = counted - 1, locked_until = 0
        WHERE key = $1 AND counted > 0
        """)
}

/// What is counted under one key.
private struct AttemptCount {
    var counted: Int64 = 0
    var windowEndsAt = Date(epochMilliseconds: 0)
    var lockedUntil = Date(epochMilliseconds: 0)

    /// Nil when one more is allowed now.
    func refusal(_ rule: AttemptRule, at now: Date) -> Date? {
        if lockedUntil > now { return lockedUntil }
        let isFull = rule.lockSeconds == nil && counted >= rule.maximum && windowEndsAt > now
        return isFull ? windowEndsAt : nil
    }

    /// With one more counted.
    func next(_ rule: AttemptRule, at now: Date) -> AttemptCount {
        var next = self
        if windowEndsAt <= now {
            next = AttemptCount()
            next.windowEndsAt = now.addingTimeInterval(Double(rule.windowSeconds))
        }
        next.counted += 1
        if let first = rule.lockSeconds, next.counted >= rule.maximum {
            let doublings = min(next.counted - rule.maximum, 20)
            let seconds = min(
                Double(first) * Double(1 << doublings), Double(rule.longestLockSeconds ?? first))
            next.lockedUntil = now.addingTimeInterval(seconds)
        }
        return next
    }
}

extension StoreReading {
    /// How many attempts are counted under the key in its present window.
    public func counted(_ key: AttemptKey, at now: Date) throws -> Int64 {
        try connection.first(Statements.counted, [.bytes(key.bytes), .time(now)]) {
            try $0.integer()
        } ?? 0
    }
}

extension StoreWriter {
    /// Counts an attempt under every rule, before the secret is looked at (security.md 2.38). If
    /// one of them refuses, none counts; the latest of their times is given.
    public func reserve(_ rules: [AttemptRule], at now: Date) throws -> AttemptDecision {
        var counts: [(rule: AttemptRule, before: AttemptCount)] = []
        var refusedUntil: Date?
        for rule in rules {
            let before = try connection.first(Statements.byKey, [.bytes(rule.key.bytes)]) { row in
                AttemptCount(
                    counted: try row.integer(), windowEndsAt: try row.time(),
                    lockedUntil: try row.time())
            }
            let count = before ?? AttemptCount()
            if let until = count.refusal(rule, at: now) {
                refusedUntil = max(refusedUntil ?? until, until)
            }
            counts.append((rule, count))
        }
        if let refusedUntil { return .refused(until: refusedUntil) }
        for (rule, before) in counts where rule.isCounted {
            let after = before.next(rule, at: now)
            let isCounted = try connection.changesOne(
                Statements.count,
                [
                    .bytes(rule.key.bytes), .integer(after.counted), .time(after.windowEndsAt),
                    .time(after.lockedUntil), .time(max(after.windowEndsAt, after.lockedUntil)),
                    .integer(before.counted), .time(before.windowEndsAt),
                ])
            guard isCounted else {
                throw StoreError.conflict(detail: "attempts were counted meanwhile")
            }
        }
        return .allowed
    }

    /// Forgets what was counted, after a success.
    public func clearAttempts(_ keys: [AttemptKey]) throws {
        for key in keys { _ = try connection.change(Statements.clear, [.bytes(key.bytes)]) }
    }

    /// Takes back one attempt of each key, which was counted beforehand and turned out right, and the
    /// wait that it began. Another's wait may end with it, which is one more try and no more; what others
    /// counted under the same keys stays.
    public func giveBackAttempts(_ keys: [AttemptKey]) throws {
        for key in keys { _ = try connection.change(Statements.giveBack, [.bytes(key.bytes)]) }
    }
}
