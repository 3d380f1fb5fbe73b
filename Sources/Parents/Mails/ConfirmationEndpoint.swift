import Flow
import FoundationEssentials
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/confirmation`: the link of M-1. Opening it changes nothing, since mail scanners open links; the
/// form that it shows spends it, once (T7, J-C-30 to J-C-33; D11, SR-51, SR-52).
///
/// It needs no flow and no session, and opens none: whoever reads the mail elsewhere activates the
/// account, and signs in with the password.
public struct ConfirmationEndpoint: Sendable {
    public static let path = "/confirmation"
    private static let code = "code"

    /// The address of a link, below the issuer.
    static func address(of token: OpaqueToken) -> String { "\(path)?\(code)=\(token.text)" }

    let desk: Desk
    private let csrf: CSRF

    public init(desk: Desk) {
        self.desk = desk
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
    }

    /// GET: C-5a, which posts itself in the browser that asked for the mail, so that one click stays
    /// one.
    public func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try RequestForm.query(request)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        let (cookies, now) = (CookieJar(request), desk.now)
        guard let code = Self.token(form) else { return try await ended(.void, nil, cookies) }
        let found = try await desk.store.read { try FoundLink(code.reference, in: $0, at: now) }
        guard found.state == .good else { return try await ended(found.state, found, cookies) }
        let browser = BrowserCookie(cookies, desk)
        var hidden = [HiddenField(name: Self.code, value: code.text)]
        if let proof = csrf.token(browser: browser.digest, subject: Self.subject(code), at: now) {
            hidden.append(HiddenField(name: CSRF.field, value: proof))
        }
        let asker = found.token?.browserHash ?? []
        let page = ConfirmationPage(
            form: StepForm(action: Self.path, hidden: hidden),
            postsItself: ConstantTime.equal(asker, browser.digest.bytes))
        return desk.layout.response(page, headers: browser.headers)
    }

    /// POST: spends the link, and answers under an address without its code.
    public func confirm(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        let cookies = CookieJar(request)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        guard let code = Self.token(form) else { return try await ended(.void, nil, cookies) }
        guard
            csrf.accepts(
                form, headers: request.headers, browser: BrowserCookie(cookies, desk).digest,
                subject: Self.subject(code))
        else { throw PageError.forbidden }
        let found = try await spend(code.reference, network: context.networkKey)
        return try await ended(found.state, found, cookies)
    }

    /// Of any number of posts one activates; the others find the account active.
    private func spend(_ reference: SecretReference, network: String) async throws -> FoundLink {
        let (desk, now) = (desk, desk.now)
        let noted = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: "accountActivated", network: network,
            detail: "address confirmed")
        return try await desk.store.write { writer in
            var found = try FoundLink(reference, in: writer, at: now)
            guard found.state == .good, let token = found.token, let account = found.account
            else { return found }
            let change = try AccountChange(
                .addressConfirmed(token.address), of: account, desk.policy, at: now)
            var event = noted
            (event.account, event.client) = (account.id, token.client)
            try writer.apply(
                [.spendMailToken(token.id)] + change.changes + knowing(token, change.account, now)
                    + [.audit(event)], at: now)
            found.state = .activated
            return found
        }
    }

    /// The browser in which the account was opened is no stranger's at its first sign-in.
    private func knowing(_ token: MailToken, _ account: Account, _ now: Date) -> [Change] {
        guard let browser = token.browserHash.flatMap(Digest.init(bytes:)) else { return [] }
        return [desk.knowing(AttemptLimit.browserKey(of: account, browser), at: now)]
    }

    private func ended(
        _ state: FoundLink.State, _ found: FoundLink?, _ cookies: CookieJar
    ) async throws -> Response {
        let page = ConfirmationEndPage(
            state: state,
            wayOn: try await MailLinkOrigin(desk: desk, token: found?.token).signIn(cookies))
        return desk.layout.response(page, status: state == .void ? .gone : .ok)
    }

    private static func token(_ form: Form) -> OpaqueToken? {
        form[Self.code].flatMap { OpaqueToken($0, kind: .mailToken) }
    }

    private static func subject(_ code: OpaqueToken) -> String {
        "confirmation " + Base64URL.encode(code.selector)
    }
}

/// What a link is good for now.
struct FoundLink: Sendable {
    enum State: Sendable, Equatable {
        /// It can be spent.
        case good
        /// It was, just now.
        case activated
        /// It was before, and the account is active.
        case alreadyActive
        /// Unknown, replaced, out of date, of another epoch: one answer for all.
        case void
    }

    let token: MailToken?
    let account: Account?
    var state: State

    init(_ reference: SecretReference, in store: some StoreReading, at now: Date) throws {
        let token = try store.mailToken(reference)
        let account = try token.flatMap { try store.account($0.account) }
        self.token = token
        self.account = account
        guard let token, let account, token.purpose == .activation else {
            state = .void
            return
        }
        if token.usedAt != nil {
            state = account.state == .active ? .alreadyActive : .void
        } else {
            let isGood =
                token.expiresAt > now && account.state == .activating
                && account.epoch == token.accountEpoch && account.pendingEmail == token.address
            state = isGood ? .good : .void
        }
    }
}
