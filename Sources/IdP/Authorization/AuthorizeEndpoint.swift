import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Store
import Tokens
import Web

/// `/authorize`: reads a teleservice's request once, answers at once where a live session meets it,
/// and otherwise begins an interaction. Source: OpenID Connect Core §3.1.2, RFC 6749 §4.1.
struct AuthorizeEndpoint: Sendable {
    static let path = "/authorize"

    let desk: Desk
    let answers: AuthorizationResponse
    private let interactions: InteractionDesk

    init(desk: Desk, answers: AuthorizationResponse) {
        self.desk = desk
        self.answers = answers
        interactions = InteractionDesk(desk: desk)
    }

    /// GET: the request is the query.
    func begin(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await begin(try RequestForm.query(request), request, context)
    }

    /// POST: a browser sends no `SameSite=Lax` cookie with another site's form, so the form becomes a
    /// query of our own, by which the browser comes back with its cookies (D15).
    func relay(_ request: Request, _ context: ServingContext) async throws -> Response {
        guard request.uri.query == nil else { throw PageError.unreadable }
        let form = try await RequestForm.body(request, context)
        let query = Form.encode(form.parameters.map { ($0.name, $0.value) })
        guard query.utf8.count <= InteractionSeal.travellingByteCountMax else {
            throw PageError.unreadable
        }
        return Redirect.seeOther(desk.url(Self.path) + "?" + query)
    }

    private func begin(
        _ form: Form, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        do {
            guard let clientID = form.parameter("client_id") else {
                throw AuthorizationFailure.page(.missingClient)
            }
            let response = try await desk.clients.withClient(clientID) { client in
                let now = desk.now
                let wanted: AuthorizationRequest
                do {
                    wanted = try AuthorizationRequest(
                        form, for: client, checks: checks(now), at: now)
                } catch {
                    // Nothing is refused for what a newer registration may allow.
                    try await desk.store.read { try client.confirm(in: $0) }
                    throw error
                }
                return try await answer(wanted, client, CookieJar(request), context.networkKey, now)
            }
            guard let response else { throw AuthorizationFailure.page(.unknownClient) }
            return response
        } catch let failure as AuthorizationFailure {
            switch failure {
            case .page(let cause): return await refused(cause, form.parameter("client_id"), context)
            case .redirect(let error, let target):
                return answers.redirect(.failure(error), to: target, naming: nil, after: .get)
            }
        }
    }

    /// The page of a request that can't be sent back. Its cause is noted under the page's reference.
    private func refused(
        _ cause: UntrustedRequest, _ clientID: String?, _ context: ServingContext
    ) async -> Response {
        var client: RegisteredClient?
        if let clientID { client = try? await desk.clients.client(clientID) }
        context.logger.info(
            "authorization request refused",
            metadata: [
                "correlation": "\(context.correlation)", "status": "400",
                "route": "\(context.endpointPath ?? "")", "cause": "\(cause.label)",
                "client": "\(client?.id ?? "")",
            ])
        let page = UntrustedRequestPage(
            cause: cause, client: client, reference: context.correlation)
        return desk.layout.response(page, status: .badRequest)
    }

    /// What the checks of a request ask of the rest of the provider.
    private func checks(_ now: Date) -> AuthorizationRequest.Checks {
        let ring = desk.keys.current
        let issuer = desk.issuer
        return AuthorizationRequest.Checks(knownScopes: OfferedScopes.all) { token, clientID in
            guard
                let claims = try? IDTokenClaims.hint(
                    token, keys: ring.hintKeys(at: now), issuer: issuer),
                claims.audience.contains(clientID)
            else { return nil }
            return claims.subject
        }
    }

    private func answer(
        _ wanted: AuthorizationRequest, _ client: RegisteredClient, _ cookies: CookieJar,
        _ network: String, _ now: Date
    ) async throws -> Response {
        let draft = CompletionDraft(wanted, for: client, desk: desk, network: network, at: now)
        let session = desk.sessionToken(cookies)?.reference
        let verdict: Verdict
        if let session {
            let touchInterval = desk.policy.session.touchInterval
            verdict = try await desk.store.write { writer in
                let live = try writer.session(session, at: now)
                return try Self.verdict(draft, live, touchInterval, in: writer, at: now)
            }
        } else {
            let progress = Progress(
                destination: .client(wanted), client: client.policy, facts: [], isFromSession: true)
            verdict = Verdict(nextMove(progress), live: nil)
        }
        switch verdict {
        case .completed:
            return answers.redirect(
                .code(draft.code), to: wanted.target, naming: client, after: .get)
        case .failed(let error):
            return answers.redirect(.failure(error), to: wanted.target, naming: client, after: .get)
        case .interaction(let session):
            return interaction(wanted, client, cookies, session: session, now)
        case .lost: throw RequestPageError(.expired, of: client)
        }
    }

    /// What a request comes to before any page is shown.
    private enum Verdict {
        /// Grant and code are written.
        case completed
        case failed(OAuthError)
        /// Pages are needed; the session that has proved something already, where it will do.
        case interaction(Session?)
        /// The session, the account or the interaction moved on.
        case lost

        /// A move that writes nothing.
        init(_ move: Move, live: LiveSession?) {
            switch move {
            case .finish: self = .lost
            case .fail(let error): self = .failed(error)
            case .offer(let steps):
                // What the session has proved serves only where the session itself will do.
                let goesOn = steps == [.consent] || steps == [.stepUp]
                self = .interaction(goesOn ? live?.session : nil)
            }
        }
    }

    /// Looks, decides and answers in one transaction, so that a signed-in parent's request costs one
    /// wait for the store.
    private static func verdict(
        _ draft: CompletionDraft, _ live: LiveSession?, _ touchInterval: Duration,
        in writer: StoreWriter, at now: Date
    ) throws -> Verdict {
        let known = try draft.known(of: live?.session.account, writer)
        let progress = Progress(
            destination: .client(draft.wanted), client: draft.client.policy,
            facts: live.map { Fact.ofSession($0.session.facts) } ?? [], isFromSession: true,
            account: known.standing, consented: known.consented,
            isHintedSubject: known.isHintedSubject)
        let move = nextMove(progress)
        guard case .finish = move, let live else { return Verdict(move, live: live) }
        let isWorthTouching = live.session.lastUsedAt + touchInterval <= now
        let person = CompletionDraft.Person(
            account: ProvedAccount(live.session),
            summary: AuthorizationResponse.Summary(live.session),
            session: .existing(live.session.id, touching: isWorthTouching),
            sessionExpiresAt: live.session.expiresAt, subject: known.subject)
        guard case .completed = try draft.write(for: person, in: writer) else { return .lost }
        return .completed
    }

    private func interaction(
        _ wanted: AuthorizationRequest, _ client: RegisteredClient, _ cookies: CookieJar,
        session: Session?, _ now: Date
    ) -> Response {
        let begun = interactions.begin(
            .signIn(.client(wanted)), cookies, provedBy: session, at: now)
        if let begun { return begun }
        let error = OAuthError(.invalidRequest, "The request is too long")
        return answers.redirect(.failure(error), to: wanted.target, naming: client, after: .get)
    }
}
