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
    static let link = MailLink(
        purpose: .activation, waiting: .activating, path: "/confirmation")

    private let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(Self.link.path), use: show)
        router.post(RouterPath(Self.link.path), use: confirm)
    }

    /// GET: C-5a, which posts itself in the browser that asked for the mail, so that one click stays
    /// one.
    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let opened = try await Self.link.opened(request, desk)
        guard let form = opened.form else { return try await ended(opened.found, request) }
        let asker = opened.found.token?.browserHash ?? []
        let page = ConfirmationPage(
            form: form,
            postsItself: ConstantTime.equal(asker, opened.browser.digest.bytes))
        return desk.layout.response(page, headers: opened.browser.headers)
    }

    /// POST: spends the link, and answers under an address without its code. Of any number of posts one
    /// activates; the others find the account active.
    private func confirm(_ request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        let found = try await Self.link.spend(
            request, context, desk, noting: .activated, detail: "address confirmed"
        ) { [desk] token, _, account in
            // The browser in which the account was opened is no stranger's at its first sign-in.
            token.browserHash.flatMap(Digest.init(bytes:)).map {
                [desk.knowing(AttemptLimit.browserKey(of: account, $0), at: now)]
            } ?? []
        }
        return try await ended(found, request)
    }

    private func ended(_ found: FoundLink, _ request: Request) async throws -> Response {
        let outcome: ConfirmationEndPage.Outcome =
            switch found.state {
            case .spent: .activated
            case .used where found.account?.state == .active: .alreadyActive
            case .used, .good, .void: .void
            }
        let page = ConfirmationEndPage(
            outcome: outcome,
            wayOn: try await MailLinkOrigin(desk: desk, token: found.token).signIn(
                CookieJar(request)))
        return desk.layout.response(page, status: outcome == .void ? .gone : .ok)
    }
}
