import FoundationEssentials
import Tokens

/// What a request wants to be true before it is answered, in the order in which it is asked.
public enum Goal: Sendable, Equatable {
    /// Somebody is signed in, by a proof no older than `since` when that is given.
    case authenticated(since: Date?)
    /// The person has agreed that the client may have these scopes.
    case consented(Scope)

    /// The answer to a request that may show nothing (`prompt=none`) and has not reached this goal.
    /// Source: OpenID Connect Core §3.1.2.6.
    public var errorWithoutPages: OAuthError {
        switch self {
        case .authenticated: OAuthError(.loginRequired, "Nobody is signed in as this request asks")
        case .consented: OAuthError(.consentRequired, "The user has not agreed to these scopes")
        }
    }
}

/// What happens next: the only answer to "where is this person in the flow?".
public enum Move: Sendable, Equatable {
    /// One of these steps, the first by default.
    case offer([StepID])
    case finish
    case fail(OAuthError)
}

/// The steps that a person can be asked to take. The raw value is the last part of the address.
public enum StepID: String, Sendable, CaseIterable {
    case password
    case consent
}

/// All that the rules look at.
public struct Progress: Sendable {
    public var request: AuthorizationRequest
    public var client: ClientPolicy
    /// Everything proved and decided so far: by this interaction, or by the live session.
    public var facts: [Fact]
    /// What the account agreed to earlier for this client.
    public var consented: Scope?
    /// Whether the facts were brought by a live session rather than shown just now.
    public var isFromSession: Bool
    /// Whether the signed-in account is the one that `id_token_hint` names; nil without a hint, or
    /// while nobody is known.
    public var isHintedSubject: Bool?

    public init(
        request: AuthorizationRequest, client: ClientPolicy, facts: [Fact], isFromSession: Bool,
        consented: Scope? = nil, isHintedSubject: Bool? = nil
    ) {
        self.request = request
        self.client = client
        self.facts = facts
        self.isFromSession = isFromSession
        self.consented = consented
        self.isHintedSubject = isHintedSubject
    }
}

/// The first goal that is not reached, or nil when the request can be answered. These are the only
/// rules of `prompt`, `max_age`, `id_token_hint` and consent; `nextMove` and the answer to
/// `prompt=none` both come of them.
public func unmetGoal(_ progress: Progress) -> Goal? {
    let since = progress.request.authenticatedSince
    guard let signIn = AuthenticationSummary(progress.facts) else {
        return .authenticated(since: since)
    }
    // Whatever the clock says, a sign-in that a session brought is not the new one asked for.
    if progress.request.wantsNewSignIn, progress.isFromSession {
        return .authenticated(since: since)
    }
    if let since, signIn.time < since { return .authenticated(since: since) }
    if progress.isHintedSubject == false { return .authenticated(since: nil) }

    let asked = progress.request.scope
    let decidedNow = Scope.consented(in: progress.facts).contains { asked.isSubset(of: $0) }
    if decidedNow { return nil }
    if progress.request.prompt.contains(.consent) { return .consented(asked) }
    switch progress.client.consent {
    case .none: return nil
    case .required:
        return progress.consented.map(asked.isSubset(of:)) == true ? nil : .consented(asked)
    }
}

/// The step, the answer or the refusal that follows from what is known.
public func nextMove(_ progress: Progress) -> Move {
    if progress.facts.contains(where: \.isRefusal) {
        return .fail(OAuthError(.accessDenied, "The user went no further"))
    }
    if progress.isHintedSubject == false, !progress.isFromSession {
        return .fail(
            OAuthError(.loginRequired, "Somebody else than the id_token_hint names signed in"))
    }
    guard let goal = unmetGoal(progress) else { return .finish }
    if progress.request.prompt.contains(.none) { return .fail(goal.errorWithoutPages) }
    switch goal {
    case .authenticated: return .offer([.password])
    case .consented: return .offer([.consent])
    }
}
