import FoundationEssentials

private enum Statements {
    static let latest = SQLStatement(
        """
        SELECT id, main_id, absorbed_id, absorbed_state, done_at
        FROM account_merges WHERE absorbed_id = $1 AND undone_at IS NULL
        ORDER BY done_at DESC, id DESC LIMIT 1
        """)
    static let guardians = SQLStatement(
        "SELECT guardian_id FROM merged_guardians WHERE merge_id = $1 ORDER BY guardian_id")
    static let links = SQLStatement(
        "SELECT issuer, subject FROM merged_links WHERE merge_id = $1 ORDER BY issuer, subject")
    /// The readable copy of a provisional password goes; all else stays, for an undoing and to
    /// tell the owner, and nobody else, that the account is no longer usable.
    static let close = SQLStatement(
        """
        UPDATE accounts SET state = 'closed', merged_into = $2, closed_at = $4, updated_at = $4,
            provisional_sealed = NULL, epoch = epoch + 1, revision = revision + 1
        WHERE id = $1 AND revision = $3 AND closed_at IS NULL
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO account_merges (id, main_id, absorbed_id, absorbed_state, done_at)
        VALUES ($1, $2, $3, $4, $5)
        """)
    static let keepGuardians = SQLStatement(
        """
        INSERT INTO merged_guardians (merge_id, guardian_id)
        SELECT m.id, g.id
        FROM account_merges m JOIN guardians g ON g.account_id = m.absorbed_id
        WHERE m.id = $1
        """)
    static let keepLinks = SQLStatement(
        """
        INSERT INTO merged_links (merge_id, issuer, subject)
        SELECT m.id, u.issuer, u.subject
        FROM account_merges m JOIN upstream_links u ON u.account_id = m.absorbed_id
        WHERE m.id = $1
        """)
    static let moveGuardians = SQLStatement(
        "UPDATE guardians SET account_id = $2 WHERE account_id = $1")
    static let moveLinks = SQLStatement(
        "UPDATE upstream_links SET account_id = $2 WHERE account_id = $1")
}

extension AccountMergeRecord {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), main: try row.id(), absorbed: try row.id(), state: try row.word(),
            doneAt: try row.time(), guardians: [], links: [])
    }
}

extension StoreReading {
    /// How this account came to be absorbed; none if that was undone.
    public func mergeRecord(ofAbsorbed account: Account.ID) throws -> AccountMergeRecord? {
        let found = try connection.first(Statements.latest, [.id(account)]) {
            try AccountMergeRecord(&$0)
        }
        guard var record = found else { return nil }
        record.guardians = try connection.all(Statements.guardians, [.id(record.id)]) {
            try $0.id()
        }
        record.links = try connection.all(Statements.links, [.id(record.id)]) { row in
            AccountMergeRecord.Identity(issuer: try row.text(), subject: try row.text())
        }
        return record
    }

    /// The account, or the open one that absorbed it, directly or through others (A into B, B into
    /// C). None if there is no such account, or it was closed otherwise.
    public func openAccount(following account: Account.ID) throws -> Account? {
        var next = account
        for _ in 0...Account.longestMergeChain {
            guard let found = try self.account(next) else { return nil }
            guard found.closedAt != nil else { return found }
            guard let main = found.mergedInto else { return nil }
            next = main
        }
        return nil
    }
}

extension Account {
    /// Longer than any person's accounts; bounds the walk if a chain ever closed on itself.
    fileprivate static let longestMergeChain = 32
}

extension StoreWriter {
    /// The main account takes over the other's directory records and upstream identities; the other
    /// is closed, its sessions end, its mail links are void (T15); the clients that know it are told.
    /// What moved is kept for an undoing (T16).
    ///
    /// Throws `.conflict` unless both accounts are open and have the revisions named; `.invalid` if
    /// they are one and the same.
    public func absorb(_ merge: AccountMerge, at now: Date) throws {
        guard merge.main != merge.absorbed else {
            throw StoreError.invalid(detail: "an account can't absorb itself")
        }
        let main = try account(merge.main)
        guard let main, main.closedAt == nil, main.revision == merge.mainRevision else {
            throw StoreError.conflict(detail: "account \(merge.main) is closed or was changed")
        }
        let absorbed = try account(merge.absorbed)
        let isClosed = try connection.changesOne(
            Statements.close,
            [
                .id(merge.absorbed), .id(merge.main), .integer(merge.absorbedRevision), .time(now),
            ])
        guard let absorbed, isClosed else {
            throw StoreError.conflict(detail: "account \(merge.absorbed) is closed or was changed")
        }
        _ = try connection.change(
            Statements.insert,
            [
                .id(merge.id), .id(merge.main), .id(merge.absorbed),
                .text(absorbed.state.rawValue), .time(now),
            ])
        for statement in [Statements.keepGuardians, Statements.keepLinks] {
            _ = try connection.change(statement, [.id(merge.id)])
        }
        for statement in [Statements.moveGuardians, Statements.moveLinks] {
            _ = try connection.change(statement, [.id(merge.absorbed), .id(merge.main)])
        }
        try enqueueLogouts(ofClosed: merge.absorbed, by: merge.id, at: now)
        try voidMailTokens(of: merge.absorbed)
        try endSessions(of: merge.absorbed, .accountClosed, at: now)
    }
}
