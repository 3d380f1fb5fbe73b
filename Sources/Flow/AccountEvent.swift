import FoundationEssentials
import Store

/// What happens to an account from the directory's first delivery (T1, an `Account` as it is made) to
/// its closing. Source: the transitions T2–T17 of journeys.md §2.2.
public enum AccountEvent: Sendable, Equatable {
    /// The school hands identifier and password out. The password is taken where the account has none
    /// that can be handed out again.
    case notified(ProvisionalPassword)
    case notifiedWithReset(ProvisionalPassword)
    /// « Réinitialiser le(s) mot(s) de passe »: no letter.
    case passwordReset(ProvisionalPassword)
    case provisionalPasswordExpired
    /// Journey C, form C-2.
    case activationSubmitted(passwordHash: String, address: String)
    /// The address that the link of a mail was sent to.
    case addressConfirmed(String)
    /// Kept or corrected at C-6, or changed on the account's page.
    case addressGiven(String)
    /// Its owner gives up a change of address that waits.
    case addressAbandoned
    /// The end of journey A.
    case enrolledByFranceConnect
    /// The end of journey B.
    case selfEnrolled(passwordHash: String)
    /// C-1 after a director's reset of an active account, or with a flagged password. An address only
    /// where none is confirmed.
    case passwordReplaced(passwordHash: String, address: String?)
    case passwordChanged(passwordHash: String)
    /// The end of « Mot de passe perdu ».
    case passwordRecovered(passwordHash: String)
    /// An identity no longer opens the account.
    case identityUnlinked
    /// A regroupement is undone: the state that the account had.
    case restored(AccountState)
    /// The last link to a child has ended.
    case lastChildLeft
}

extension AccountEvent {
    /// The only rules of an account's states, but for T15: what moves with it is the store's, which closes
    /// the absorbed account in the same place (`StoreWriter.absorb`).
    public func applying(
        to account: Account, at now: Date, _ policy: Policy
    ) -> AccountTransition {
        if account.state == .closed {
            guard case .restored(let state) = self else { return .refused(.closed) }
            return account.restored(state, at: now, policy)
        }
        let standing = PasswordStanding(account, at: now, policy.provisionalPassword)
        switch self {
        case .notified(let password):
            return account.notified(password, standing, at: now, policy)
        case .notifiedWithReset(let password):
            if account.state == .notNotified {
                return account.notified(password, standing, at: now, policy)
            }
            return account.reset(password, isNotified: true, at: now, policy)
        case .passwordReset(let password):
            if account.state == .notNotified { return .refused(.neverNotified) }
            return account.reset(password, isNotified: false, at: now, policy)
        case .provisionalPasswordExpired:
            return account.provisionalPasswordExpired(standing)
        case .activationSubmitted(let hash, let address):
            return account.activationSubmitted(hash, address, standing, at: now)
        case .addressConfirmed(let address): return account.addressConfirmed(address)
        case .addressGiven(let address): return account.addressGiven(address)
        case .addressAbandoned: return account.addressAbandoned()
        case .enrolledByFranceConnect: return account.enrolledByFranceConnect()
        case .selfEnrolled(let hash): return account.selfEnrolled(hash, at: now)
        case .passwordReplaced(let hash, let address):
            return account.passwordReplaced(hash, address, standing, at: now)
        case .passwordChanged(let hash): return account.passwordChanged(hash, standing, at: now)
        case .passwordRecovered(let hash): return account.passwordRecovered(hash, at: now)
        case .identityUnlinked: return account.identityUnlinked(standing)
        case .restored: return .refused(.notInThisState)
        case .lastChildLeft:  // T17
            var next = account
            next.voidProvisionalPassword()
            next.pendingEmail = nil
            return .becomes(next, ends: .accountClosed, voidsMailLinks: true)
        }
    }
}

extension Account {
    fileprivate func notified(
        _ password: ProvisionalPassword, _ standing: PasswordStanding, at now: Date,
        _ policy: Policy
    ) -> AccountTransition {
        var next = self
        next.distributionDate = now
        switch state {
        case .notNotified:  // T2
            next.state = .notifiedNotActivated
            next.origin = .school
            next.set(password, at: now, policy)
        case .notifiedNotActivated:  // T3
            next.origin = .school
            if standing == .provisional(expired: false), provisionalPasswordSealed != nil {
                // The same password in a new document, which has a life of its own.
                next.provisionalPasswordAt = now
            } else {
                next.set(password, at: now, policy)
                // What the letter from before has opened is void (security.md 4.7).
                return .becomes(next, ends: .endedByStaff, voidsMailLinks: true)
            }
        case .activating: next.origin = .school  // the letter recalls the identifier (§4.3)
        case .active: break  // T11
        case .closed: return .refused(.closed)
        }
        return .becomes(next, ends: nil, voidsMailLinks: false)
    }

    /// T4, T12, T14.
    fileprivate func reset(
        _ password: ProvisionalPassword, isNotified: Bool, at now: Date, _ policy: Policy
    ) -> AccountTransition {
        var next = self
        next.set(password, at: now, policy)
        if isNotified { next.distributionDate = now }
        // Whoever began a change of address may be whom the reset shuts out (security history 2.27).
        next.pendingEmail = nil
        if state == .active {
            return .becomes(next, ends: .endedByStaff, voidsMailLinks: true)
        }
        next.state = .notifiedNotActivated
        if isNotified { next.origin = .school }
        return .becomes(next, ends: .endedByStaff, voidsMailLinks: true)
    }

    /// T5: the readable copy goes; the hash stays, to tell "out of date" from "wrong".
    fileprivate func provisionalPasswordExpired(_ standing: PasswordStanding) -> AccountTransition {
        guard standing == .provisional(expired: true) else { return .refused(.notInThisState) }
        var next = self
        next.provisionalPasswordSealed = nil
        return .becomes(next, ends: nil, voidsMailLinks: false)
    }

    /// T6.
    fileprivate func activationSubmitted(
        _ hash: String, _ address: String, _ standing: PasswordStanding, at now: Date
    ) -> AccountTransition {
        guard state == .notifiedNotActivated, case .provisional(let isExpired) = standing else {
            return .refused(.notInThisState)
        }
        guard !isExpired else { return .refused(.outOfDate) }
        var next = self
        next.state = .activating
        next.setOwnPassword(hash, at: now)
        next.pendingEmail = address
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }

    /// T7; on an active account the end of a change of address.
    fileprivate func addressConfirmed(_ address: String) -> AccountTransition {
        guard state == .activating || state == .active else { return .refused(.notInThisState) }
        guard pendingEmail == address else { return .refused(.otherAddress) }
        var next = self
        next.state = .active
        next.email = address
        next.pendingEmail = nil
        return .becomes(next, ends: nil, voidsMailLinks: true)
    }

    /// T8; on an active account a change of address begins. A link to the same address stays good.
    fileprivate func addressGiven(_ address: String) -> AccountTransition {
        guard state == .activating || state == .active else { return .refused(.notInThisState) }
        var next = self
        next.pendingEmail = address
        let isKept = pendingEmail == address
        return .becomes(next, ends: nil, voidsMailLinks: !isKept)
    }

    /// The link that was sent is void: whoever asked for it need not be the owner (security history 2.27).
    fileprivate func addressAbandoned() -> AccountTransition {
        guard state == .active, pendingEmail != nil else { return .refused(.notInThisState) }
        var next = self
        next.pendingEmail = nil
        return .becomes(next, ends: nil, voidsMailLinks: true)
    }

    /// T9. On an active account the identity is linked, and nothing else of it changes (§8.2 no. 8).
    fileprivate func enrolledByFranceConnect() -> AccountTransition {
        if state == .active {
            return .becomes(self, ends: .replaced, voidsMailLinks: true)
        }
        var next = opened(.franceConnect)
        next.voidOwnPassword()
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }

    /// T10.
    fileprivate func selfEnrolled(_ hash: String, at now: Date) -> AccountTransition {
        guard state != .active else { return .refused(.alreadyActive) }
        var next = opened(.guardian)
        next.setOwnPassword(hash, at: now)
        return .becomes(next, ends: .passwordChanged, voidsMailLinks: true)
    }

    /// Whoever used the letter before may have been somebody else: nothing of that stays.
    private func opened(_ origin: AccountOrigin) -> Account {
        var next = self
        next.state = .active
        next.origin = origin
        next.voidProvisionalPassword()
        next.pendingEmail = nil
        return next
    }

    /// Whoever came by the identity is out; its owner must have another way in (§8.2 no. 9).
    fileprivate func identityUnlinked(_ standing: PasswordStanding) -> AccountTransition {
        guard state == .active else { return .refused(.notInThisState) }
        guard standing == .own else { return .refused(.noOwnPassword) }
        return .becomes(self, ends: .endedByUser, voidsMailLinks: true)
    }

    /// T16. The own password returns, a provisional one does not.
    fileprivate func restored(
        _ state: AccountState, at now: Date, _ policy: Policy
    ) -> AccountTransition {
        guard state != .closed, let closedAt else { return .refused(.notInThisState) }
        guard now <= closedAt + policy.lifetimes.regroupingUndo else { return .refused(.tooLate) }
        var next = self
        next.state = state
        next.closedAt = nil
        next.mergedInto = nil
        next.voidProvisionalPassword()
        return .becomes(next, ends: nil, voidsMailLinks: false)
    }
}
