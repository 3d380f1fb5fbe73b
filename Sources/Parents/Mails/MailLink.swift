import Flow
import FoundationEssentials
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// A link that a mail brings to confirm its address. Opening it changes nothing, since mail scanners
/// open links; the form that it shows spends it, once (D11, SR-51, SR-52).
///
/// It needs no session and opens none: it works wherever the mail is read.
struct MailLink: Sendable {
    private static let code = "code"

    let purpose: MailPurpose
    /// The state of an account that waits for it.
    let waiting: AccountState
    /// Below the issuer.
    let path: String

    /// The address of a link, below the issuer.
    func address(of token: OpaqueToken) -> String { "\(path)?\(Self.code)=\(token.text)" }

    /// A link as it was opened.
    struct Opened: Sendable {
        let found: FoundLink
        /// What spends it; nil where it is not good.
        let form: StepForm?
        let browser: BrowserCookie
    }

    func opened(_ request: Request, _ desk: Desk) async throws -> Opened {
        let query = try RequestForm.query(request)
        guard query.duplicates.isEmpty else { throw PageError.unreadable }
        let (browser, now) = (BrowserCookie(CookieJar(request), desk), desk.now)
        guard let code = Self.token(query) else {
            return Opened(found: .unknown, form: nil, browser: browser)
        }
        let found = try await desk.store.read {
            try FoundLink(code.reference, of: self, in: $0, at: now)
        }
        var hidden = [HiddenField(name: Self.code, value: code.text)]
        let csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
        let proof = csrf.token(browser: browser.digest, subject: Self.subject(code), at: now)
        if let proof { hidden.append(HiddenField(name: CSRF.field, value: proof)) }
        let form = found.state == .good ? StepForm(action: path, hidden: hidden) : nil
        return Opened(found: found, form: form, browser: browser)
    }

    /// Takes the form: of any number of posts one confirms the address, and finds the link `.spent`.
    ///
    /// - Parameters:
    ///   - kind: noted of it.
    ///   - extra: what else is written then, of the account as it was and as it stands from now on.
    func spend(
        _ request: Request, _ context: ServingContext, _ desk: Desk, noting kind: AuditKind,
        detail: String = "",
        and extra: @escaping @Sendable (MailToken, Account, Account) -> [Change]
    ) async throws -> FoundLink {
        let form = try await RequestForm.body(request, context)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        guard let code = Self.token(form) else { return .unknown }
        let csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
        guard
            csrf.accepts(
                form, headers: request.headers,
                browser: BrowserCookie(CookieJar(request), desk).digest,
                subject: Self.subject(code))
        else { throw PageError.forbidden }
        let now = desk.now
        let noted = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: kind, network: context.networkKey,
            detail: detail)
        return try await desk.store.write { writer in
            var found = try FoundLink(code.reference, of: self, in: writer, at: now)
            guard found.state == .good, let token = found.token, let account = found.account
            else { return found }
            let change = try AccountChange(
                .addressConfirmed(token.address), of: account, desk.policy, at: now)
            var event = noted
            (event.account, event.client) = (account.id, token.client)
            try writer.apply(
                [.spendMailToken(token.id)] + change.changes + extra(token, account, change.account)
                    + [.audit(event)], at: now)
            found.state = .spent
            return found
        }
    }

    private static func token(_ form: Form) -> OpaqueToken? {
        form[code].flatMap { OpaqueToken($0, kind: .mailToken) }
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
        case spent
        /// It was before.
        case used
        /// Unknown, replaced, out of date, of another epoch or purpose: one answer for all.
        case void
    }

    let token: MailToken?
    let account: Account?
    var state: State

    static let unknown = FoundLink(token: nil, account: nil, state: .void)

    private init(token: MailToken?, account: Account?, state: State) {
        self.token = token
        self.account = account
        self.state = state
    }

    init(
        _ reference: SecretReference, of link: MailLink, in store: some StoreReading, at now: Date
    ) throws {
        guard let token = try store.mailToken(reference), token.purpose == link.purpose,
            let account = try store.account(token.account)
        else {
            self = .unknown
            return
        }
        let isGood =
            token.expiresAt > now && account.state == link.waiting
            && account.epoch == token.accountEpoch && account.pendingEmail == token.address
        self.init(
            token: token, account: account,
            state: token.usedAt != nil ? .used : isGood ? .good : .void)
    }
}
