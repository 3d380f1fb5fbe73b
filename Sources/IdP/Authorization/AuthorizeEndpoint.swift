import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
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
    private let seal: InteractionSeal

    init(desk: Desk, answers: AuthorizationResponse) {
        self.desk = desk
        self.answers = answers
        seal = InteractionSeal(keys: desk.keys)
    }

    /// GET: the request is the query.
    func begin(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await begin(try RequestForm.query(request), request, context.networkKey)
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
        _ form: Form, _ request: Request, _ network: String
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
                return try await answer(wanted, client, CookieJar(request), network, now)
            }
            guard let response else { throw AuthorizationFailure.page(.unknownClient) }
            return response
        } catch let failure as AuthorizationFailure {
            switch failure {
            case .page(let cause):
                return desk.layout.response(UntrustedRequestPage(cause), status: .badRequest)
            case .redirect(let error, let target):
                return answers.redirect(.failure(error), to: target, naming: nil, after: .get)
            }
        }
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
        let session = OpaqueToken(cookies[desk.cookies.session] ?? "", kind: .session)?.reference
        let (live, known) = try await desk.store.read { reader in
            let live = try session.flatMap { try reader.session($0, at: now) }
            let known = try Known(
                of: live?.session.account, client: client, request: wanted, reader)
            return (live, known)
        }
        let facts = live.map { Fact.ofSession($0.session.facts) } ?? []
        let progress = Progress(
            request: wanted, client: client.policy, facts: facts, isFromSession: true,
            consented: known.consented, isHintedSubject: known.isHintedSubject)
        switch nextMove(progress) {
        case .finish:
            guard let live else { throw PageError.expired }
            return try await answers.complete(
                wanted, client: client, live: live, subject: known.subject, network: network,
                at: now)
        case .fail(let error):
            return answers.redirect(.failure(error), to: wanted.target, naming: client, after: .get)
        case .offer(let steps):
            // What the session has proved serves only where the session itself will do.
            let isSignedIn = steps == [.consent]
            return interaction(
                wanted, client, cookies, session: isSignedIn ? live?.session : nil, now)
        }
    }

    /// Sends the browser to the first step, with all that is known sealed in the address: an anonymous
    /// request writes nothing.
    private func interaction(
        _ wanted: AuthorizationRequest, _ client: RegisteredClient, _ cookies: CookieJar,
        session: Session?, _ now: Date
    ) -> Response {
        var headers: HTTPFields = [:]
        let browser: String
        if let known = cookies[desk.cookies.browser], known.utf8.count == Self.browserCookieLength {
            browser = known
        } else {
            browser = Base64URL.encode(desk.environment.random(Self.browserCookieBytes))
            headers.append(
                HTTPField(
                    name: .setCookie,
                    value: desk.cookies.setCookie(
                        desk.cookies.browser, browser,
                        maxAge: desk.policy.passwordAttempts.browserMemory)))
        }
        let interaction = Interaction(
            id: desk.makeID(at: now), browser: Digest.sha256(browser), purpose: .signIn(wanted),
            account: session.map { ProvedAccount($0) },
            facts: session.map { Fact.ofSession($0.facts) } ?? [], session: session?.id,
            expiresAt: now + desk.policy.lifetimes.interaction)
        guard let sealed = seal.travelling(interaction, desk.environment) else {
            let error = OAuthError(.invalidRequest, "The request is too long")
            return answers.redirect(.failure(error), to: wanted.target, naming: client, after: .get)
        }
        let path = Dispatcher.path(interaction.id, sealed: sealed)
        return Redirect.seeOther(desk.url(path), headers: headers)
    }

    private static let browserCookieBytes = 32
    private static let browserCookieLength = 43  // in base64url
}
