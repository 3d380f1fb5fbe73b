import FoundationEssentials
import Store
import Tokens

/// What a destination wants to be true before it is reached, in the order in which it is asked.
public enum Goal: Sendable, Equatable {
    /// Somebody is signed in, by a proof no older than `since` when that is given.
    case authenticated(since: Date?)
    /// The account has a password of the guardian's own, in force.
    case ownPassword
    /// The address given at the activation was confirmed (J-C-29: blocking in journey C).
    case addressConfirmed
    /// The sign-in is one of the classes asked for, as far as this account can reach one (D20).
    case level(AuthenticationContext)
    /// An address that waits was shown to an active account's owner, who may leave it for later
    /// (J-O-07, J-O-15).
    case addressChecked
    /// The person has agreed that the client may have these scopes.
    case consented(Scope)

    /// The answer to a request that may show nothing (`prompt=none`) and has not reached this goal.
    /// Source: OpenID Connect Core §3.1.2.6.
    public var errorWithoutPages: OAuthError {
        switch self {
        case .authenticated: OAuthError(.loginRequired, "Nobody is signed in as this request asks")
        case .ownPassword, .addressConfirmed, .level, .addressChecked:
            OAuthError(.interactionRequired, "The user must complete a step of the sign-in")
        case .consented: OAuthError(.consentRequired, "The user has not agreed to these scopes")
        }
    }
}

/// What the rules must know of the account that somebody showed to own, as it is now.
public struct AccountStanding: Sendable, Equatable {
    public var state: AccountState
    public var password: PasswordStanding
    /// Whether the directory has a mobile number to step up with.
    public var hasMobileNumber: Bool
    /// Whether an address waits to be confirmed.
    public var hasPendingAddress: Bool

    public init(
        state: AccountState, password: PasswordStanding, hasMobileNumber: Bool,
        hasPendingAddress: Bool
    ) {
        self.state = state
        self.password = password
        self.hasMobileNumber = hasMobileNumber
        self.hasPendingAddress = hasPendingAddress
    }
}

/// All that the rules look at.
public struct Progress: Sendable {
    public var destination: Destination
    /// Whether an identity is to be linked, rather than somebody signed in.
    public var isLinking: Bool
    /// The rules of the destination's client; those of our own pages are the plain ones.
    public var client: ClientPolicy
    public var who: Who
    /// Everything proved and decided so far: by this interaction, or by the live session.
    public var facts: [Fact]
    /// Whether a provider has vouched for somebody whom no account is linked to yet.
    public var hasUpstream: Bool
    public var pending: Pending?
    public var recovery: Recovery?
    public var draft: Draft?
    /// Nil while nobody is known.
    public var account: AccountStanding?
    /// What the account agreed to earlier for this client.
    public var consented: Scope?
    /// Whether the facts were brought by a live session rather than shown just now.
    public var isFromSession: Bool
    /// Whether the signed-in account is the one that `id_token_hint` names; nil without a hint, or
    /// while nobody is known.
    public var isHintedSubject: Bool?

    public init(
        destination: Destination, isLinking: Bool = false,
        client: ClientPolicy = ClientPolicy(), facts: [Fact], isFromSession: Bool,
        who: Who = .unknown, hasUpstream: Bool = false, pending: Pending? = nil,
        recovery: Recovery? = nil, draft: Draft? = nil, account: AccountStanding? = nil,
        consented: Scope? = nil,
        isHintedSubject: Bool? = nil
    ) {
        self.destination = destination
        self.isLinking = isLinking
        self.client = client
        self.who = who
        self.facts = facts
        self.hasUpstream = hasUpstream
        self.pending = pending
        self.recovery = recovery
        self.draft = draft
        self.account = account
        self.isFromSession = isFromSession
        self.consented = consented
        self.isHintedSubject = isHintedSubject
    }
}

/// The first goal that is not reached, or nil when the request can be answered. These are the only
/// rules of `prompt`, `max_age`, `acr_values`, `id_token_hint`, account state and consent; `nextMove`
/// and the answer to `prompt=none` both come of them.
public func unmetGoal(_ progress: Progress) -> Goal? {
    let since = progress.destination.authenticatedSince
    guard let signIn = AuthenticationSummary(progress.facts) else {
        // The letter's password opens the activation, whatever else is asked (SR-54).
        return progress.facts.prove(.provisionalPassword)
            ? .ownPassword : .authenticated(since: since)
    }
    // Whatever the clock says, a sign-in that a session brought is not the new one asked for.
    if progress.destination.wantsNewSignIn, progress.isFromSession {
        return .authenticated(since: since)
    }
    if let since, signIn.time < since { return .authenticated(since: since) }
    if progress.isHintedSubject == false { return .authenticated(since: nil) }
    if let goal = unmetGoalOfAccount(progress, signIn) { return goal }
    return unmetLevel(progress, signIn) ?? unmetAddressCheck(progress, signIn)
        ?? unmetConsent(progress)
}

/// What the account's own state asks for first. A provider's sign-in is not held up by a password that
/// it did not use (T12), nor a session that was opened before.
private func unmetGoalOfAccount(_ progress: Progress, _ signIn: AuthenticationSummary) -> Goal? {
    guard let account = progress.account, !progress.isFromSession, signIn.methods.contains("pwd")
    else { return nil }
    if account.password == .mustChange { return .ownPassword }
    return account.state == .activating ? .addressConfirmed : nil
}

/// Only a password can be stepped up, and only where a code can be sent; nothing is asked for where
/// no page may be shown.
private func unmetLevel(_ progress: Progress, _ signIn: AuthenticationSummary) -> Goal? {
    let wanted = progress.destination.acrValues
    guard !wanted.isEmpty, !wanted.contains(signIn.context), wanted.contains(.passwordSMS),
        signIn.context == .password, progress.account?.hasMobileNumber == true,
        !progress.destination.showsNoPage
    else { return nil }
    return .level(.passwordSMS)
}

/// Once a sign-in by password, never in the middle of a session (J §3.4.3); and not on the way to the
/// page that shows the address anyway.
private func unmetAddressCheck(_ progress: Progress, _ signIn: AuthenticationSummary) -> Goal? {
    guard progress.account?.hasPendingAddress == true, !progress.isFromSession,
        signIn.methods.contains("pwd"), !progress.facts.haveCheckedAddress,
        !progress.destination.showsNoPage, !progress.destination.showsAddress
    else { return nil }
    return .addressChecked
}

private func unmetConsent(_ progress: Progress) -> Goal? {
    // A page of ours gives nobody else anything.
    guard let request = progress.destination.request else { return nil }
    let asked = request.scope
    let decidedNow = Scope.consented(in: progress.facts).contains { asked.isSubset(of: $0) }
    if decidedNow { return nil }
    if request.prompt.contains(.consent) { return .consented(asked) }
    switch progress.client.consent {
    case .none: return nil
    case .required:
        return progress.consented.map(asked.isSubset(of:)) == true ? nil : .consented(asked)
    }
}
