import FoundationEssentials
import Store

// What an account's passwords become: the provisional one is the letter's, the own one its guardian's.
extension Account {
    mutating func voidProvisionalPassword() {
        provisionalPasswordHash = nil
        provisionalPasswordSealed = nil
        provisionalPasswordAt = nil
    }

    mutating func voidOwnPassword() {
        passwordHash = nil
        passwordChangedAt = nil
        mustChangeSince = nil
    }

    mutating func set(_ password: ProvisionalPassword, at now: Date, _ policy: Policy) {
        voidOwnPassword()
        provisionalPasswordHash = password.hash
        provisionalPasswordSealed = policy.provisionalPassword.isReadable ? password.sealed : nil
        provisionalPasswordAt = now
    }

    mutating func setOwnPassword(_ hash: String, at now: Date) {
        voidProvisionalPassword()
        voidOwnPassword()
        passwordHash = hash
        passwordChangedAt = now
    }

    /// T12b.
    func passwordReplaced(
        _ hash: String, _ address: String?, _ standing: PasswordStanding, at now: Date
    ) -> AccountTransition {
        switch (state, standing) {
        case (.active, .provisional(expired: false)), (.active, .mustChange),
            (.activating, .mustChange):
            break
        case (.active, .provisional(expired: true)): return .refused(.outOfDate)
        case (.active, _), (.activating, _), (.notNotified, _), (.notifiedNotActivated, _),
            (.closed, _):
            return .refused(.notInThisState)
        }
        var next = self
        next.setOwnPassword(hash, at: now)
        if email == nil, let address { next.pendingEmail = address }
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }

    /// T13.
    func passwordChanged(
        _ hash: String, _ standing: PasswordStanding, at now: Date
    ) -> AccountTransition {
        guard state == .active, standing == .own || standing == .mustChange else {
            return .refused(.notInThisState)
        }
        var next = self
        next.setOwnPassword(hash, at: now)
        next.pendingEmail = nil
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }

    /// Its owner has lost the password, or never had one (journeys.md §8.2 no. 11), and shows to hold the
    /// confirmed mailbox or the directory's number. Only where the account is active: to open one takes
    /// more.
    func passwordRecovered(_ hash: String, at now: Date) -> AccountTransition {
        guard state == .active else { return .refused(.notInThisState) }
        var next = self
        next.setOwnPassword(hash, at: now)
        // Whoever asked for another address before may be whom the owner shuts out (security history
        // 2.27).
        next.pendingEmail = nil
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }
}
