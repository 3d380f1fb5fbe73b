import Flow
import FoundationEssentials
import Store

/// What the link of a mail M-3 is good for now.
struct FoundReset: Sendable {
    enum State: Sendable, Equatable {
        /// It can be spent.
        case good
        /// It has set the password that is in force.
        case setPassword
        /// Unknown, replaced, out of date, of another epoch or purpose, tried too often: one answer for
        /// all.
        case void
    }

    let token: MailToken?
    let account: Account?
    /// Whether it stands as it was sent; `state` tells besides whether it may be tried.
    let isUnspent: Bool
    let state: State

    init(
        _ reference: SecretReference, in store: some StoreReading, _ policy: Policy, at now: Date
    ) throws {
        guard let token = try store.mailToken(reference), token.purpose == .passwordReset,
            let account = try store.account(token.account)
        else {
            (token, account, isUnspent, state) = (nil, nil, false, .void)
            return
        }
        self.token = token
        self.account = account
        if token.usedAt != nil {
            isUnspent = false
            // It was spent with the password that it set, which began the next epoch; whatever ended
            // that one has changed the account since.
            state = account.epoch == token.accountEpoch + 1 ? .setPassword : .void
            return
        }
        isUnspent =
            token.expiresAt > now && account.state == .active
            && account.epoch == token.accountEpoch && account.email == token.address
        let rule = AttemptLimit.resetTries(
            proof: reference.selector, lifetime: policy.mailLinks.reset, policy.recovery)
        let isTriedOut = try store.counted(rule.key, at: now) >= rule.maximum
        state = isUnspent && !isTriedOut ? .good : .void
    }
}
