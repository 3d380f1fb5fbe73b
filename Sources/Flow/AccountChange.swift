import FoundationEssentials
import Store

/// What an event makes of an account, as changes of the store.
public struct AccountChange: Sendable {
    /// As it will stand, in its new epoch where sessions end.
    public let account: Account
    public let changes: [Change]

    /// Throws the refusal of the rules.
    public init(
        _ event: AccountEvent, of account: Account, _ policy: Policy, at now: Date
    ) throws(Refused) {
        switch event.applying(to: account, at: now, policy) {
        case .refused(let refusal): throw Refused(refusal: refusal)
        case .becomes(var next, let reason, let voidsMailLinks):
            var changes: [Change] = [
                .replaceAccount(next, expectedRevision: account.revision, ends: reason)
            ]
            if voidsMailLinks { changes.append(.voidMailTokens(account.id)) }
            if reason != nil { next.epoch += 1 }
            self.account = next
            self.changes = changes
        }
    }

    public struct Refused: Error {
        public let refusal: AccountTransition.Refusal
    }
}
