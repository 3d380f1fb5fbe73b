import Flow
import FoundationEssentials
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/mot-de-passe/nouveau`: the link of M-3. It shows PWD-3 and changes nothing; its form spends the link
/// with the new password, once, and leads to PWD-4 (J-X-12 to J-X-15; SR-51, SR-52).
///
/// It needs no flow and no session, and opens none: whoever reads the mail elsewhere chooses the
/// password there, and signs in with it.
public struct PasswordResetEndpoint: Sendable {
    static let path = "/mot-de-passe/nouveau"
    /// Leads to PWD-1 on the way to the portal.
    static let entrancePath = "/mot-de-passe/perdu"
    private static let code = "code"

    /// The address of a link, below the issuer.
    static func address(of token: OpaqueToken) -> String { "\(path)?\(code)=\(token.text)" }

    private let desk: Desk
    private let csrf: CSRF
    private let reset: PasswordReset

    public init(desk: Desk) {
        self.desk = desk
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
        reset = PasswordReset(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(Self.entrancePath), use: enter)
        router.get(RouterPath(Self.path), use: show)
        router.post(RouterPath(Self.path), use: take)
    }

    private func enter(_ request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        let begun = InteractionDesk(desk: desk).begin(
            .signIn(.page(PageRequest(.portal, validatedAt: now))), CookieJar(request),
            opening: .lostPassword, at: now)
        guard let begun else { throw HTTPError(.serviceUnavailable) }
        return begun
    }

    // MARK: PWD-3

    /// A link, and the browser in which it was opened.
    private struct Visit: Sendable {
        let code: OpaqueToken
        let found: FoundReset
        let cookies: CookieJar
        let browser: BrowserCookie
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let query = try RequestForm.query(request)
        guard query.duplicates.isEmpty else { throw PageError.unreadable }
        let cookies = CookieJar(request)
        guard let visit = try await visit(query, cookies) else {
            return try await void(nil, cookies)
        }
        guard visit.found.state == .good else { return try await void(visit.found, cookies) }
        return try await answer(visit)
    }

    private func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        let cookies = CookieJar(request)
        guard let visit = try await visit(form, cookies) else {
            return try await void(nil, cookies)
        }
        let isOurs = csrf.accepts(
            form, headers: request.headers, browser: visit.browser.digest,
            subject: Self.subject(visit.code))
        guard isOurs else { throw PageError.forbidden }
        guard visit.found.state == .good, let token = visit.found.token else {
            return try await over(visit)
        }
        let now = desk.now
        let rules = reset.tries(
            form, proof: visit.code.selector, lifetime: desk.policy.mailLinks.reset)
        let decision = try await desk.store.write { try $0.reserve(rules, at: now) }
        guard decision == .allowed else { return try await void(visit.found, cookies) }
        let counted = rules.map(\.key)
        let place = try await desk.hashPlace(for: counted)
        let outcome = try await reset.outcome(
            form, of: ProvedAccount(id: token.account, epoch: token.accountEpoch),
            browser: visit.browser.digest, counted: counted, on: place, at: now)
        switch outcome {
        case .refused(let errors):
            try await desk.store.write { try $0.giveBackAttempts(counted) }
            return try await answer(visit, form, errors)
        case .missed(let errors):
            let event = event(.resetRefused, visit, context)
            try await desk.store.write { try $0.append(event) }
            let present = try await self.found(visit.code)
            return present.state == .good
                ? try await answer(visit, form, errors) : try await void(present, cookies)
        case .void: return try await void(visit.found, cookies)
        case .set(_, let changes): return try await set(changes, visit, context, at: now)
        }
    }

    /// Of any number of posts one sets the password.
    private func set(
        _ changes: [Change], _ visit: Visit, _ context: ServingContext, at now: Date
    ) async throws -> Response {
        let reference = visit.code.reference
        let (event, policy) = (event(.passwordRecovered, visit, context), desk.policy)
        do {
            try await desk.store.write { writer in
                let found = try FoundReset(reference, in: writer, policy, at: now)
                guard found.isUnspent, let token = found.token else { return }
                try writer.apply(
                    [.spendMailToken(token.id)] + changes + [.audit(event)], at: now)
            }
        } catch StoreError.conflict {
            // Another post came first, or the account has changed: what stands then is told.
        }
        return try await over(
            Visit(
                code: visit.code, found: try await found(visit.code), cookies: visit.cookies,
                browser: visit.browser))
    }

    // MARK: What is told

    private func answer(
        _ visit: Visit, _ typed: Form? = nil, _ errors: FieldErrors = FieldErrors()
    ) async throws -> Response {
        var hidden = [HiddenField(name: Self.code, value: visit.code.text)]
        let proof = csrf.token(
            browser: visit.browser.digest, subject: Self.subject(visit.code), at: desk.now)
        if let proof { hidden.append(HiddenField(name: CSRF.field, value: proof)) }
        let signIn = try await origin(visit.found).signIn(visit.cookies)
        let page = PasswordResetPage(
            StepForm(action: Self.path, hidden: hidden), desk.policy.passwordRule, typed: typed,
            errors: errors
        ) {
            LinkButton("ANNULER", href: signIn, id: "cancel", kind: .quiet)
        }
        return desk.layout.response(
            page, status: errors.isEmpty ? .ok : .unprocessableContent,
            headers: visit.browser.headers)
    }

    /// PWD-4 in the browser in which this link has set the password, also where its form came twice; PWD-3
    /// where it still may; else that it serves no more.
    private func over(_ visit: Visit) async throws -> Response {
        guard let account = visit.found.account else {
            return try await void(visit.found, visit.cookies)
        }
        switch visit.found.state {
        case .good: return try await answer(visit)
        case .void: return try await void(visit.found, visit.cookies)
        case .setPassword:
            let key = AttemptLimit.browserKey(of: account, visit.browser.digest)
            let now = desk.now
            guard try await desk.store.read({ try $0.isKnownBrowser(key, at: now) }) else {
                return try await void(visit.found, visit.cookies)
            }
            let signIn = try await origin(visit.found).signIn(visit.cookies)
            return desk.layout.response(
                PasswordResetDonePage {
                    ButtonRow {
                        LinkButton("RETOUR", href: signIn, id: "return", kind: .primary)
                    }
                })
        }
    }

    private func void(_ found: FoundReset?, _ cookies: CookieJar) async throws -> Response {
        let waiting = try await origin(found).path(to: .lostPassword, cookies)
        return desk.layout.response(
            VoidResetPage(wayOn: waiting ?? Self.entrancePath), status: .gone)
    }

    private func origin(_ found: FoundReset?) -> MailLinkOrigin {
        MailLinkOrigin(desk: desk, token: found?.token)
    }

    // MARK: What is found

    private func visit(_ form: Form, _ cookies: CookieJar) async throws -> Visit? {
        guard let code = form[Self.code].flatMap({ OpaqueToken($0, kind: .mailToken) }) else {
            return nil
        }
        return Visit(
            code: code, found: try await found(code), cookies: cookies,
            browser: BrowserCookie(cookies, desk))
    }

    private func found(_ code: OpaqueToken) async throws -> FoundReset {
        let (policy, now) = (desk.policy, desk.now)
        return try await desk.store.read {
            try FoundReset(code.reference, in: $0, policy, at: now)
        }
    }

    private static func subject(_ code: OpaqueToken) -> String {
        "reset " + Base64URL.encode(code.selector)
    }

    private func event(
        _ kind: AuditKind, _ visit: Visit, _ context: ServingContext
    ) -> AuditEvent {
        let now = desk.now
        return AuditEvent(
            id: desk.makeID(at: now), at: now, kind: kind, account: visit.found.account?.id,
            client: visit.found.token?.client, network: context.networkKey, detail: "mail")
    }
}
