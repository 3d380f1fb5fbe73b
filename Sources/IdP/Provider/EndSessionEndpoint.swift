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
/// once; otherwise the person is asked, since anybody could send them here (SR-62).
///
/// Source: OpenID Connect RP-Initiated Logout 1.0 §2, §3.
struct EndSessionEndpoint: Sendable {
    static let path = "/logout"
    /// Where the question is answered.
    static let confirmationPath = "/logout/confirmation"
    /// Where a browser that answered it is sent on from (D15).
    static let leavingPath = "/logout/fin"

    let desk: Desk
    private let csrf: CSRF
    private static let csrfSubject = "logout"

    init(desk: Desk) {
        self.desk = desk
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
    }

    func get(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await explaining { try await end(try RequestForm.query(request), request, context) }
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
                subject: Self.csrfSubject)
        else { throw PageError.forbidden }
        return try await explaining { try await confirmed(form, cookies, context) }
    }

    private func confirmed(
        _ form: Form, _ cookies: CookieJar, _ context: ServingContext
    ) async throws -> Response {
        let wanted = try await LogoutRequest(form, desk)
        if let session = try await liveSession(cookies) {
            try await end(session, context)
        }
        let query = Form.encode(
            ["client_id", "post_logout_redirect_uri", "state", "id_token_hint"].compactMap { name in
                form.parameter(name).map { (name, $0) }
            })
        let address = wanted.target == nil ? Self.leavingPath : Self.leavingPath + "?" + query
        return Redirect.seeOther(desk.url(address), headers: expiredCookies(cookies))
    }

    /// After the question: back to the teleservice, by a page, or « Vous êtes déconnecté. » with a link
    /// there.
    func leave(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await explaining {
            let wanted = try await LogoutRequest(try RequestForm.query(request), desk)
            guard wanted.hint != nil, let target = wanted.target else {
                return signedOut(wanted)
            }
            return LeavePage(
                layout: desk.layout, to: target, destination: wanted.client?.displayName ?? target
            ).response
        }
    }

    private func end(
        _ form: Form, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        let wanted = try await LogoutRequest(form, desk)
        let cookies = CookieJar(request)
        guard let session = try await liveSession(cookies) else {
            // Nobody is signed in: there is nothing to ask, and nothing that a stranger could end.
            return answer(wanted, headers: expiredCookies(cookies))
        }
        guard try await wanted.names(session, desk) else {
            return try await question(wanted, form, cookies, session)
        }
        try await end(session, context)
        return answer(wanted, headers: expiredCookies(cookies))
    }

    private func liveSession(_ cookies: CookieJar) async throws -> Session? {
        guard let reference = desk.sessionToken(cookies)?.reference else { return nil }
        let now = desk.now
        return try await desk.store.read { try $0.session(reference, at: now)?.session }
    }

    private func end(_ session: Session, _ context: ServingContext) async throws {
        let now = desk.now
        let event = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: "signedOut", account: session.account,
            network: context.networkKey)
        try await desk.store.write { writer in
            try writer.end(session.id, .signedOut, at: now)
            try writer.append(event)
        }
    }

    /// Only a hint sends the browser on by itself: anybody may name a client
    /// (oidcc-rp-initiated-logout-no-id-token-hint).
    private func answer(_ wanted: LogoutRequest, headers: HTTPFields) -> Response {
        guard wanted.hint != nil, let target = wanted.target else {
            return signedOut(wanted, headers: headers)
        }
        return Redirect.found(target, headers: headers)
    }

    private func signedOut(_ wanted: LogoutRequest, headers: HTTPFields = [:]) -> Response {
        let page = SignedOutPage(client: wanted.client, target: wanted.target)
        return desk.layout.response(page, headers: headers)
    }

    private func question(
        _ wanted: LogoutRequest, _ form: Form, _ cookies: CookieJar, _ session: Session
    ) async throws -> Response {
        var hidden: [HiddenField] = []
        if let browser = cookies[desk.cookies.browser],
            let token = csrf.token(
                browser: Digest.sha256(browser), subject: Self.csrfSubject, at: desk.now)
        {
            hidden.append(HiddenField(name: CSRF.field, value: token))
        }
        for name in ["client_id", "post_logout_redirect_uri", "state", "id_token_hint"] {
            if let value = form.parameter(name) {
                hidden.append(HiddenField(name: name, value: value))
            }
        }
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

/// What a teleservice asks when it sends a browser to `/logout`, checked: `target` exists only where
/// an identified client has registered it (security history 2.4).
struct LogoutRequest: Sendable {
    let client: RegisteredClient?
    let hint: IDTokenClaims?
    /// The registered address to go back to, with `state`.
    let target: String?

    /// Throws `LogoutFailure` for a hint that is none of ours, or an address that is not registered.
    init(_ form: Form, _ desk: Desk) async throws {
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        let now = desk.now
        var hint: IDTokenClaims?
        if let text = form.parameter("id_token_hint") {
            // An expired one still names its session (§2): only signature and issuer count.
            hint = try? IDTokenClaims.hint(
                text, keys: desk.keys.current.hintKeys(at: now), issuer: desk.issuer)
            guard hint != nil else { throw LogoutFailure.unknownHint }
        }
        let hinted = hint?.audience.first
        if let named = form.parameter("client_id"), let hinted, named != hinted {
            throw LogoutFailure.otherClient
        }
        let id = form.parameter("client_id") ?? hinted
        let client: RegisteredClient? = if let id { try await desk.clients.client(id) } else { nil }
        self.client = client
        self.hint = hint
        guard let wanted = form.parameter("post_logout_redirect_uri") else {
            target = nil
            return
        }
        guard let registered = client?.metadata.postLogoutRedirectURI(matching: wanted) else {
            throw LogoutFailure.unknownRedirectURI
        }
        let state = form.parameter("state").map { [("state", $0)] } ?? []
        target = registered.appending(query: state)
    }

    /// Whether the hint names this very session: by its `sid`, or by its subject.
    func names(_ session: Session, _ desk: Desk) async throws -> Bool {
        guard let hint, let client else { return false }
        return try await desk.store.read { reader in
            if let sid = hint.sessionID {
                return try reader.sid(of: session.id, client: client.id) == sid
            }
            let subject = try reader.subject(of: .account(session.account), sector: client.sector)
            return subject == hint.subject
        }
    }
}

/// Why a logout request is refused; the page names the cause.
enum LogoutFailure: Error, Sendable, Equatable {
    case unknownHint
    case otherClient
    case unknownRedirectURI
}
