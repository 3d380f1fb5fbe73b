import FoundationEssentials
import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens

/// The guardian in front of one of our own pages, at the moment of one request.
public struct Visitor: Sendable {
    public let desk: Desk
    public let page: OwnPage
    public let session: Session
    public let account: Account
    public let browser: Digest
    public let network: String
    public let now: Date

    /// Whether they came by FranceConnect, or another provider: then neither identifier nor password is
    /// shown or changed, whatever else could open this account (J-M-12).
    public var isFederated: Bool { session.isFederated }

    /// What a form of ours about this session carries unseen (SR-60).
    public func hiddenFields() -> [HiddenField] {
        let token = CSRF(keys: desk.keys, issuer: desk.issuer).token(
            browser: browser, subject: GuardianDoor.subject(of: session), at: now)
        return token.map { [HiddenField(name: CSRF.field, value: $0)] } ?? []
    }

    /// What is noted of a change.
    ///
    /// - Parameter detail: never a secret.
    public func audit(
        _ kind: AuditKind, of account: Account.ID? = nil, client: String? = nil,
        _ detail: String = ""
    ) -> Change {
        .audit(
            AuditEvent(
                id: desk.makeID(at: now), at: now, kind: kind, account: account ?? self.account.id,
                client: client, network: network, detail: detail))
    }
}

/// The door of our own pages, the same as every teleservice's (J §3.0.2): who has a session comes in;
/// others sign in first, by the same steps, and come to the page then.
public struct GuardianDoor: Sendable {
    private let desk: Desk
    private let interactions: InteractionDesk
    private let csrf: CSRF

    public init(desk: Desk) {
        self.desk = desk
        interactions = InteractionDesk(desk: desk)
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
    }

    /// How old the sign-in may be.
    public enum Freshness: Sendable {
        case any
        /// No older than `Policy.freshSignIn` (SR-58).
        case recent
    }

    /// GET: the page, for whom the session names.
    public func show(
        _ page: OwnPage, _ request: Request, _ context: ServingContext,
        freshness: Freshness = .any, _ answer: (Visitor) async throws -> Response
    ) async throws -> Response {
        switch try await entrance(page, freshness, request, context) {
        case .visitor(let visitor): try await answer(visitor)
        case .signIn(let response): response
        }
    }

    /// POST: a form of the page. What was typed is lost where its author has to sign in first.
    public func take(
        _ page: OwnPage, _ request: Request, _ context: ServingContext,
        freshness: Freshness = .any, _ answer: (Form, Visitor) async throws -> Response
    ) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        switch try await entrance(page, freshness, request, context) {
        case .signIn(let response): return response
        case .visitor(let visitor):
            guard
                csrf.accepts(
                    form, headers: request.headers, browser: visitor.browser,
                    subject: Self.subject(of: visitor.session))
            else { throw PageError.forbidden }
            return try await answer(form, visitor)
        }
    }

    /// A form of one session is not taken in another, even of the same person.
    static func subject(of session: Session) -> String { "session " + session.id.text }

    private enum Entrance {
        case visitor(Visitor)
        case signIn(Response)
    }

    private func entrance(
        _ page: OwnPage, _ freshness: Freshness, _ request: Request, _ context: ServingContext
    ) async throws -> Entrance {
        let (cookies, now) = (CookieJar(request), desk.now)
        let live = try await liveSession(cookies, at: now)
        let oldest: Date? =
            switch freshness {
            case .any: nil
            case .recent: now - desk.policy.freshSignIn
            }
        if let live, let browser = cookies[desk.cookies.browser],
            oldest.map({ live.session.authTime >= $0 }) ?? true
        {
            return .visitor(
                Visitor(
                    desk: desk, page: page, session: live.session, account: live.account,
                    browser: Digest.sha256(browser), network: context.networkKey, now: now))
        }
        let isFederated = live?.session.isFederated == true
        let wanted = PageRequest(
            page, authenticatedSince: oldest,
            loginHint: isFederated ? nil : live?.account.identifier, validatedAt: now)
        guard let begun = interactions.begin(.signIn(.page(wanted)), cookies, at: now) else {
            throw HTTPError(.serviceUnavailable)
        }
        return .signIn(begun)
    }

    /// Each look is a use, which is written down now and then.
    private func liveSession(_ cookies: CookieJar, at now: Date) async throws -> LiveSession? {
        guard let reference = desk.sessionToken(cookies)?.reference else { return nil }
        let live = try await desk.store.read { try $0.session(reference, at: now) }
        if let live, live.session.lastUsedAt + desk.policy.session.touchInterval <= now {
            let id = live.session.id
            try await desk.store.write { try $0.touch(id, at: now) }
        }
        return live
    }
}
