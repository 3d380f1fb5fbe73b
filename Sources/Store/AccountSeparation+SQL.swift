import FoundationEssentials

private enum Statements {
    static let undo = SQLStatement(
        """
        UPDATE account_merges SET undone_at = $4
        WHERE id = $1 AND main_id = $2 AND absorbed_id = $3 AND undone_at IS NULL
        """)
    static let moveOn = SQLStatement(
        """
        UPDATE accounts SET epoch = epoch + 1, revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND closed_at IS NULL
        """)
    static let count = SQLStatement("SELECT count(*) FROM merged_guardians WHERE merge_id = $1")
    static let returnGuardians = SQLStatement(
        """
        UPDATE guardians SET account_id = $3
        WHERE account_id = $2
            AND id IN (SELECT guardian_id FROM merged_guardians WHERE merge_id = $1)
        """)
    static let returnLinks = SQLStatement(
        """
        UPDATE upstream_links SET account_id = $3
        WHERE account_id = $2 AND EXISTS (SELECT 1 FROM merged_links m
            WHERE m.merge_id = $1 AND m.issuer = upstream_links.issuer
                AND m.subject = upstream_links.subject)
        """)
}

extension StoreWriter {
    /// Undoes a regroupement (T16): the directory records and upstream identities that it moved go
    /// back, the absorbed account stands as `restored` says, and the main account, which loses
    /// children, loses its sessions, grants and mail links too.
    ///
    /// An identity that was unlinked from the main account since stays gone, wherever it is linked
    /// now: whoever held the main account must not be able to prevent the undoing.
    ///
    /// A chain is undone from its end: while the main account is itself absorbed, its records are at
    /// a third one, and the undoing of the first regroupement is a conflict until the second is
    /// undone. That brings back to the main account all that it had then.
    ///
    /// - Parameters:
    ///   - restored: the absorbed account as it is to stand, with the revision that it was decided
    ///     on.
    ///   - mainRevision: of the main account, when it was decided.
    ///
    /// Throws `.conflict` if the regroupement was undone already, the main account is closed or was
    /// changed, one of the records is no longer at it, or the absorbed account was changed;
    /// `.invalid` if `restored` is another account, or closed.
    public func separate(
        _ record: AccountMergeRecord, restored: Account, mainRevision: Int64, at now: Date
    ) throws {
        guard restored.id == record.absorbed, restored.state != .closed, restored.closedAt == nil,
            restored.mergedInto == nil
        else { throw StoreError.invalid(detail: "not what an undoing restores") }
        let merge = SQLValue.id(record.id)
        let (main, absorbed) = (SQLValue.id(record.main), SQLValue.id(record.absorbed))
        guard try connection.changesOne(Statements.undo, [merge, main, absorbed, .time(now)]) else {
            throw StoreError.conflict(detail: "regroupement \(record.id) was undone")
        }
        guard
            try connection.changesOne(
                Statements.moveOn, [main, .integer(mainRevision), .time(now)])
        else {
            throw StoreError.conflict(detail: "account \(record.main) is closed or was changed")
        }
        let moved = try connection.first(Statements.count, [merge]) { try $0.integer() }
        let returned = try connection.change(Statements.returnGuardians, [merge, main, absorbed])
        guard let moved, returned == moved else {
            throw StoreError.conflict(detail: "a record has left account \(record.main)")
        }
        _ = try connection.change(Statements.returnLinks, [merge, main, absorbed])
        try reopen(restored, absorbedBy: record.main, at: now)
        try voidMailTokens(of: record.main)
        try endSessions(of: record.main, .endedByStaff, at: now)
    }
}
