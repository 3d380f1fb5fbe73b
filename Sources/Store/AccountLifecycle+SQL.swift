import FoundationEssentials

private enum Statements {
    static let update = """
        UPDATE accounts SET state = $4, origin = $5, password_hash = $6, password_changed_at = $7,
            provisional_hash = $8, provisional_sealed = $9, provisional_at = $10, email = $11,
            pending_email = $12, distribution_date = $13, must_change_at = $14, merged_into = $15,
            closed_at = $16, updated_at = $17, epoch = epoch + $3, revision = revision + 1
        WHERE id = $1 AND revision = $2
        """
    static let replace = SQLStatement("\(update) AND closed_at IS NULL")
    static let reopen = SQLStatement("\(update) AND closed_at IS NOT NULL AND merged_into = $18")
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
            values(account, revision: expectedRevision, epochs: reason == nil ? 0 : 1, at: now))
        guard isReplaced else {
            throw StoreError.conflict(detail: "account \(account.id) is closed or was changed")
        }
        if let reason { try endSessions(of: account.id, reason, at: now) }
    }

    /// Writes where an account stands that was closed, in a new epoch: what was made for it while it
    /// was closed is void.
    ///
    /// Throws `.conflict` unless the account is closed into `main` and has the revision of `account`.
    func reopen(_ account: Account, absorbedBy main: Account.ID, at now: Date) throws {
        let values = values(account, revision: account.revision, epochs: 1, at: now)
        guard try connection.changesOne(Statements.reopen, values + [.id(main)]) else {
            throw StoreError.conflict(detail: "account \(account.id) is open or was changed")
        }
    }

    private func values(
        _ account: Account, revision: Int64, epochs: Int64, at now: Date
    ) -> [SQLValue] {
        [
            .id(account.id), .integer(revision), .integer(epochs),
            .text(account.state.rawValue), .text(account.origin.rawValue),
            .text(account.passwordHash), .time(account.passwordChangedAt),
            .text(account.provisionalPasswordHash), .bytes(account.provisionalPasswordSealed),
            .time(account.provisionalPasswordAt), .text(account.email),
            .text(account.pendingEmail), .time(account.distributionDate),
            .time(account.mustChangeSince), .id(account.mergedInto), .time(account.closedAt),
            .time(now),
        ]
    }
}
