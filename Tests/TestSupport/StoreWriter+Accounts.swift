import FoundationEssentials
import Store

// What tests do to accounts, by the one write that the product has for it.
extension StoreWriter {
    /// Another own password, as its owner sets it: the provisional one and a change of address are void,
    /// every session ends.
    ///
    /// Throws `.conflict` unless the account is open and has this revision.
    public func setPassword(
        _ hash: String, for id: Account.ID, expectedRevision: Int64, at now: Date
    ) throws {
        guard var account = try account(id) else {
            throw StoreError.conflict(detail: "no account \(id)")
        }
        account.passwordHash = hash
        account.passwordChangedAt = now
        account.provisionalPasswordHash = nil
        account.provisionalPasswordSealed = nil
        account.provisionalPasswordAt = nil
        account.mustChangeSince = nil
        account.pendingEmail = nil
        try replaceAccount(
            account, expectedRevision: expectedRevision, ends: .passwordChanged, at: now)
    }

    /// Every session of the account ends, and nothing else of it changes.
    public func endAll(_ id: Account.ID, _ reason: SessionEndReason, at now: Date) throws {
        guard let account = try account(id) else {
            throw StoreError.conflict(detail: "no account \(id)")
        }
        try replaceAccount(account, expectedRevision: account.revision, ends: reason, at: now)
    }
}
