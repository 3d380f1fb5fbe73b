import FoundationEssentials

private enum Statements {
    static let pageEnd = SQLStatement(
        "SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2")
    /// An own password whose date is not known counts as old. One that the school has reset is no
    /// own password any more.
    static let affected = """
        id > $1 AND id <= $2 AND state = 'active' AND password_hash IS NOT NULL
            AND COALESCE(password_changed_at, 0) < $3 AND must_change_at IS NULL
        """
    static let flag = SQLStatement(
        """
        UPDATE accounts SET must_change_at = $4, updated_at = $4, revision = revision + 1
        WHERE \(affected)
        """)
    static let count = SQLStatement("SELECT COUNT(*) FROM accounts WHERE \(affected)")
}

extension StoreWriter {
    /// One step of the national « must change » flag: looks at the next `limit` accounts, oldest
    /// first, and flags those whose own password was chosen before a moment. No session ends: the
    /// flag is met at the next sign-in.
    ///
    /// Left out are accounts that were never activated, without an own password (FranceConnect
    /// alone), whose password the school has reset, that changed it since, or that are flagged
    /// already (domain.md §3.6). So a run can be repeated, or go on where it stopped.
    public func setMustChange(
        before moment: Date, after account: Account.ID?, limit: Int, at now: Date
    ) throws -> MustChangeStep {
        let page = try mustChangePage(after: account, limit: limit)
        let flagged = try connection.change(
            Statements.flag, [page.start, page.end, .time(moment), .time(now)])
        return MustChangeStep(flagged: flagged, last: page.last)
    }
}

extension StoreReading {
    /// The same step without a change: how many accounts it would flag.
    public func planMustChange(
        before moment: Date, after account: Account.ID?, limit: Int
    ) throws -> MustChangeStep {
        let page = try mustChangePage(after: account, limit: limit)
        let count = try connection.first(
            Statements.count, [page.start, page.end, .time(moment)]
        ) { try $0.integer() }
        return MustChangeStep(flagged: Int(count ?? 0), last: page.last)
    }

    fileprivate func mustChangePage(
        after account: Account.ID?, limit: Int
    ) throws -> (start: SQLValue, end: SQLValue, last: Account.ID?) {
        guard limit > 0 else { throw StoreError.invalid(detail: "a step flags at least one row") }
        let start = account.map { SQLValue.id($0) } ?? .id(high: 0, low: 0)
        let last: Account.ID? = try connection.first(
            Statements.pageEnd, [start, .count(limit - 1)]
        ) { try $0.id() }
        return (start, last.map { SQLValue.id($0) } ?? .id(high: .max, low: .max), last)
    }
}
