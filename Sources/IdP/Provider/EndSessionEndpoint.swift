import FoundationEssentials
import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/logout`: a teleservice asks to end the session. With a hint that names the session it ends at
/// once; otherwise the person is asked, since anybody could send them here (SR-62). Where a provider
/// signed the person in, the browser goes there before it goes on (J-O-14, SR-39).
///
/// Source: OpenID Connect RP-Initiated Logout 1.0 §2, §3.
struct EndSessionEndpoint: Sendable {
    static let path = "/logout"
    /// Where the question is answered, and where our own pages sign out.
    static let confirmationPath = SignOutForm.action
    /// Where a browser that answered it is sent on from (D15).
    static let leavingPath = "/logout/fin"

    let desk: Desk
    private let providers: ProviderSignOut
    private let csrf: CSRF

    init(desk: Desk, upstreams: [Upstream]) {
        self.desk = desk
        providers = ProviderSignOut(desk: desk, upstreams: upstreams)
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
    }

    func get(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await explaining {
            let wanted = try await LogoutRequest(try RequestForm.query(request), desk)
            return try await end(wanted, request, context)
        }
    }

    private func explaining(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let failure as LogoutFailure {
            return desk.layout.response(LogoutFailurePage(failure: failure), status: .badRequest)
        }
    }

    /// A POST from another site brings no cookie: the browser comes back by a query of our own (D15).
    func relay(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        let query = Form.encode(form.parameters.map { ($0.name, $0.value) })
        guard query.utf8.count <= Self.queryByteCountMax else { throw PageError.unreadable }
        return Redirect.seeOther(desk.url(Self.path) + "?" + query)
    }

    private static let queryByteCountMax = 12 * 1024

    /// The answer to the question, from our own page.
    func confirm(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        let cookies = CookieJar(request)
        guard form.duplicates.isEmpty, let browser = cookies[desk.cookies.browser],
            csrf.accepts(
                form, headers: request.headers, browser: Digest.sha256(browser),
                subject: SignOutForm.subject)
        else { throw PageError.forbidden }
        return try await explaining { try await confirmed(form, cookies, context) }
    }

    private func confirmed(
        _ form: Form, _ cookies: CookieJar, _ context: ServingContext
    ) async throws -> Response {
        let wanted = try await LogoutRequest(form, desk)
        if let session = try await liveSession(cookies),
            let departure = try await end(session, then: wanted, cookies, context)
        {
            return departure
        }
        let query = Form.encode(wanted.parameters.map { ($0.name, $0.value) })
        let address = wanted.target == nil ? Self.leavingPath : Self.leavingPath + "?" + query
        return Redirect.seeOther(desk.url(address), headers: expiredCookies(cookies))
    }

    /// After the question: back to the teleservice, by a page, or « Vous êtes déconnecté. » with a link
    /// there. Whoever is signed in was led here by a stranger: they are asked, and nothing ends (SR-62).
    func leave(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await explaining {
            let wanted = try await LogoutRequest(try RequestForm.query(request), desk)
            let cookies = CookieJar(request)
            if let session = try await liveSession(cookies) {
                return try await question(wanted, cookies, session)
            }
            return leavePage(wanted) ?? signedOut(wanted, cookies)
        }
    }

    /// `/{provider}/deconnexion`: back from the provider's sign-out, and on to where ours was going. A
    /// return that nothing waits for, or that comes too late, is as good as `/logout` without a word:
    /// it leads to no address, and ends nobody's session.
    func returned(
        from provider: String, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        guard let wanted = try await providers.awaited(request, from: provider) else {
            return try await end(try await LogoutRequest(Form([]), desk), request, context)
        }
        if let page = leavePage(wanted) { return page }
        return try await end(wanted, request, context)
    }

    /// By a page, since a form stands at the beginning of the way: ours, or perhaps the provider's (D15).
    private func leavePage(_ wanted: LogoutRequest) -> Response? {
        guard wanted.leadsOn, let target = wanted.target else { return nil }
        return LeavePage(
            layout: desk.layout, to: target, destination: wanted.client?.displayName ?? target
        ).response
    }

    private func end(
        _ wanted: LogoutRequest, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        let cookies = CookieJar(request)
        guard let session = try await liveSession(cookies) else {
            // Nobody is signed in: there is nothing to ask, and nothing that a stranger could end.
            return answer(wanted, cookies)
        }
        guard try await wanted.names(session, desk) else {
            return try await question(wanted, cookies, session)
        }
        return try await end(session, then: wanted, cookies, context)
            ?? answer(wanted, cookies)
    }

    private func liveSession(_ cookies: CookieJar) async throws -> Session? {
        guard let reference = desk.sessionToken(cookies)?.reference else { return nil }
        let now = desk.now
        return try await desk.store.read { try $0.session(reference, at: now)?.session }
    }

    /// Ends the session and tells its teleservices; gives the way to the provider that signed the
    /// person in, if there is one.
    private func end(
        _ session: Session, then wanted: LogoutRequest, _ cookies: CookieJar,
        _ context: ServingContext
    ) async throws -> Response? {
        let now = desk.now
        let event = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: .signedOut, account: session.account,
            network: context.networkKey)
        try await desk.store.write { writer in
            try writer.end(session.id, .signedOut, at: now)
            try writer.append(event)
        }
        return await providers.departure(
            of: session, then: wanted, cookies, headers: expiredCookies(cookies))
    }

    private func answer(_ wanted: LogoutRequest, _ cookies: CookieJar) -> Response {
        guard wanted.leadsOn, let target = wanted.target else { return signedOut(wanted, cookies) }
        return Redirect.found(target, headers: expiredCookies(cookies))
    }

    /// Where no teleservice has asked for it, SIGN-1 says so, and is there for the next sign-in
    /// (J §3.11.3).
    private func signedOut(_ wanted: LogoutRequest, _ cookies: CookieJar) -> Response {
        let (headers, now) = (expiredCookies(cookies), desk.now)
        let door = PageRequest(.portal, validatedAt: now)
        if wanted.client == nil,
            var response = InteractionDesk(desk: desk).begin(
                .signIn(.page(door)), cookies, notice: .signedOut, at: now)
        {
            response.headers.append(contentsOf: headers)
            return response
        }
        let page = SignedOutPage(client: wanted.client, target: wanted.target)
        return desk.layout.response(page, headers: headers)
    }

    private func question(
        _ wanted: LogoutRequest, _ cookies: CookieJar, _ session: Session
    ) async throws -> Response {
        var hidden: [HiddenField] = []
        if let browser = cookies[desk.cookies.browser],
            let token = csrf.token(
                browser: Digest.sha256(browser), subject: SignOutForm.subject, at: desk.now)
        {
            hidden.append(HiddenField(name: CSRF.field, value: token))
        }
        hidden += wanted.parameters.map { HiddenField(name: $0.name, value: $0.value) }
        let form = StepForm(action: Self.confirmationPath, hidden: hidden)
        let person = try await desk.store.read { try $0.personName(of: session.account) }
        return desk.layout.response(
            SignOutQuestionPage(form: form, client: wanted.client, person: person))
    }

    /// Also what was proved and not finished is over: the next person at this computer can't go on
    /// with it.
    private func expiredCookies(_ cookies: CookieJar) -> HTTPFields {
        var headers: HTTPFields = [:]
        for name in [desk.cookies.session] + FlowProofs(cookies, desk).names {
            headers.append(HTTPField(name: .setCookie, value: desk.cookies.expire(name)))
        }
        return headers
    }
}
