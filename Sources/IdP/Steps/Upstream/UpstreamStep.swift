import Federation
import Flow
import FoundationEssentials
import Logging
import Parents
import Serving
import Store
import Tokens
import Web

/// The way to a provider and back: FranceConnect, or any other of the configuration (J-A-02, J-A-22,
/// J-A-26; SR-35 to SR-39).
///
/// Whom the provider vouches for is signed in where an account of ours is linked to that subject, and
/// has to prove a number and the children's birth dates where none is. No other claim
/// finds an account. Whoever is signed in already links the identity instead.
struct UpstreamStep: CallbackStep {
    static let id = StepID.upstream

    let doors: SignInDoors

    private var linking: UpstreamLinking { UpstreamLinking(doors: doors) }

    /// The provider's button stands on SIGN-1, or on a screen of its own where it is to be linked.
    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        interaction.isLinking
            ? linking.page(context, notice: interaction.notice)
            : doors.page(context, notice: interaction.notice)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        AttemptLimit.newFlows(by: .upstream, network: context.network)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        let wait = Wait(until: until, now: context.now)
        return interaction.isLinking
            ? linking.page(context, wait: wait)
            : doors.page(context, message: .tooManyAttempts(wait))
    }

    /// Away to the provider; what must come back is kept with the interaction. Whoever finds the password
    /// lost may take this way: what fails is told on SIGN-1.
    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let upstream = enabled(form[UpstreamEntrance.field] ?? "") else {
            return Transition(recovery: .clear, notice: .upstreamUnavailable)
        }
        let wish = SignInWish(
            acrValues: upstream.acrValues, statePrefix: interaction.id.address)
        do {
            let started = try await upstream.provider.start(
                wish, at: context.now, random: context.desk.environment.random)
            let request = String(decoding: started.pending.json.serialized(), as: UTF8.self)
            return Transition(
                pending: .set(.upstream(provider: upstream.id, request: request)),
                recovery: .clear,
                next: .leave(url: started.url, name: upstream.displayName))
        } catch {
            note(error, upstream, context)
            return Transition(recovery: .clear, notice: .upstreamUnavailable)
        }
    }

    func isAnswer(_ response: Form, to request: String) -> Bool {
        guard let pending = Self.pending(request), let state = response["state"] else {
            return false
        }
        return ConstantTime.equal(Array(state.utf8), Array(pending.state.utf8))
    }

    func returned(
        _ response: Form, from provider: String, request: String, _ interaction: Interaction,
        _ context: StepContext
    ) async throws -> Transition {
        // The operator may have closed this door while the browser was away (security history 2.29).
        guard let upstream = enabled(provider), let pending = Self.pending(request) else {
            return Transition(notice: .upstreamUnavailable)
        }
        do {
            let identity = try await upstream.provider.finish(
                response, pending, at: context.now, random: context.desk.environment.random)
            let signIn = try UpstreamSignIn(identity, from: upstream, at: context.now)
            return interaction.isLinking
                ? try await linking.linked(signIn, interaction, context)
                : try await signedIn(signIn, interaction, context)
        } catch let error as FederationError {
            note(error, upstream, context)
            return Transition(
                notice: .upstreamFailed,
                changes: [context.audit(.upstreamRefused, nil, upstream.id)])
        }
    }

    /// By the one key, (issuer, subject): the account that it is linked to, the main one where that was
    /// absorbed.
    private func signedIn(
        _ signIn: UpstreamSignIn, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let (issuer, subject) = (signIn.issuer, signIn.subject)
        let (link, account) = try await context.desk.store.read { reader in
            let link = try reader.upstreamLink(issuer: issuer, subject: subject)
            return (link, try link.flatMap { try reader.openAccount(following: $0.account) })
        }
        guard link != nil else {
            return Transition(
                restarts: true, upstream: .set(signIn),
                changes: [context.audit(.upstreamUnlinked, nil, signIn.provider)])
        }
        guard let account, account.state == .active else {
            return Transition(restarts: true, notice: .upstreamClosed)
        }
        return try await Transition(
            restarts: true, facts: [.proved(.upstream(signIn.level), at: context.now)],
            who: .account(ProvedAccount(account)), upstream: .set(signIn),
            changes: [
                .touchLink(issuer: issuer, subject: subject),
                context.audit(.upstreamProved, account, signIn.provider),
            ] + context.signInChanges(account, interaction))
    }

    private func enabled(_ id: String) -> Upstream? {
        doors.upstreams.first { $0.id == id && $0.isEnabled }
    }

    private static func pending(_ request: String) -> PendingSignIn? {
        guard let json = try? JSON(parsing: Array(request.utf8)) else { return nil }
        return try? PendingSignIn(json)
    }

    /// The cause is for the log; a parent who gave up is no incident.
    private func note(_ error: FederationError, _ upstream: Upstream, _ context: StepContext) {
        let log = context.desk.environment.log
        log.log(
            level: error.isRefusal ? .info : .warning, "sign-in at a provider failed",
            metadata: ["provider": "\(upstream.id)", "cause": "\(error)"])
    }
}

extension FederationError {
    fileprivate var isRefusal: Bool {
        if case .refused = self { true } else { false }
    }
}

extension UpstreamSignIn {
    /// What is kept of an answer that passed every check. Throws where the level asserted is none that
    /// we know (SR-38), or the names make no sense.
    init(
        _ identity: FederatedIdentity, from upstream: Upstream, at now: Date
    ) throws(FederationError) {
        guard let level = identity.acr.flatMap(AuthenticationContext.init(rawValue:)) else {
            throw .insufficientLevel(identity.acr)
        }
        let pivot = try PivotIdentity(identity.claims)
        self.init(
            provider: upstream.id, issuer: identity.issuer, subject: identity.subject,
            level: level,
            names: PivotNames(
                familyName: pivot.familyName ?? "", preferredUsername: pivot.preferredUsername,
                givenNames: pivot.givenNameArray.isEmpty ? nil : pivot.givenNameArray,
                givenName: pivot.givenName ?? "", gender: pivot.gender?.rawValue),
            idToken: identity.idToken.text, at: now)
    }
}
