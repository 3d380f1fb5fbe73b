import FoundationEssentials

private enum Statements {
    static let replace = SQLStatement(
        """
        UPDATE accounts SET state = $4, origin = $5, password_hash = $6, password_changed_at = $7,
            provisional_hash = $8, provisional_sealed = $9, provisional_at = $10, email = $11,
            pending_email = $12, distribution_date = $13, must_change_at = $14, merged_into = $15,
            closed_at = $16, updated_at = $17, epoch = epoch + $3, revision = revision + 1
        WHERE id = $1 AND revision = $2 AND closed_at IS NULL
        """)
}

extension StoreWriter {
    /// Writes where the account stands: state, origin, passwords, addresses, dates. Its identifier,
    /// accesses and creation stay. With a reason every session and grant of it ends.
    ///
    /// Throws `.conflict` unless the account is open and has this revision; then nothing has
    /// changed. Throws `.invalid` for a closing without a reason: it would leave sessions behind.
    public func replaceAccount(
        _ account: Account, expectedRevision: Int64, ends reason: SessionEndReason?, at now: Date
    ) throws {
        guard account.state != .closed || reason != nil else {
            throw StoreError.invalid(detail: "an account is closed, but its sessions are not ended")
        }
        let isReplaced = try connection.changesOne(
            Statements.replace,
            [
                .id(account.id), .integer(expectedRevision), .integer(reason == nil ? 0 : 1),
                .text(account.state.rawValue), .text(account.origin.rawValue),
                .text(account.passwordHash), .time(account.passwordChangedAt),
                .text(account.provisionalPasswordHash), .bytes(account.provisionalPasswordSealed),
                .time(account.provisionalPasswordAt), .text(account.email),
                .text(account.pendingEmail), .time(account.distributionDate),
                .time(account.mustChangeSince), .id(account.mergedInto), .time(account.closedAt),
                .time(now),
            ])
        guard isReplaced else {
            throw StoreError.conflict(detail: "account \(account.id) is closed or was changed")
        }
        if let reason { try endSessions(of: account.id, reason, at: now) }
    }
}
