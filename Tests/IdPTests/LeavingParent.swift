import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// A parent who came by FranceConnect and leaves.
struct LeavingParent {
    static let back = "https://teleservice.example.org/au-revoir"

    let world: SignInWorld
    let stub: StubUpstream
    let browser: TestBrowser
    let hint: String

    static func run(
        _ backend: Backend = .sqlite, others: [Upstream] = [],
        _ body: (LeavingParent) async throws -> Void
    ) async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(backend, upstreams: [stub.upstream()] + others) { metadata in
            metadata.postLogoutRedirectURIs = [try RedirectURI(back)]
            metadata.backChannelLogoutURI = "https://teleservice.example.org/signal"
        } _: { world in
            let now = world.test.clock.now
            try await world.test.store.write {
                try $0.link(
                    UpstreamLink(
                        issuer: StubUpstream.issuer, subject: stub.person.subject,
                        account: world.parent.account.id, createdAt: now))
            }
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.comeBack(try await browser.startAtUpstream())
            let hint = try #require(try await world.redeem(browser).string("id_token"))
            try await body(LeavingParent(world: world, stub: stub, browser: browser, hint: hint))
        }
    }

    var parameters: [(String, String)] {
        [("id_token_hint", hint), ("post_logout_redirect_uri", Self.back), ("state", "x y")]
    }

    /// What the teleservice asks; the answer to it.
    @discardableResult
    func ask(_ parameters: [(String, String)]? = nil) async throws -> TestAnswer {
        try await browser.open("/logout?" + Form.encode(parameters ?? self.parameters))
    }

    /// The query with which the last page leaves for the provider's sign-out, or nil.
    var departure: Form? {
        let address = TestForm.refreshTarget(browser.answer?.text ?? "") ?? ""
        let parts = address.split(separator: "?", maxSplits: 1).map(String.init)
        guard browser.answer?.code == 200, parts.first == StubUpstream.issuer + "/session/end"
        else { return nil }
        return try? Form(parsing: parts.last ?? "")
    }

    /// The provider sends the browser back.
    @discardableResult
    func comeBack(
        _ query: [(String, String)], to path: String = "/franceconnect/deconnexion"
    ) async throws -> TestAnswer {
        try await browser.open(path + "?" + Form.encode(query))
    }

    func isSignedIn() async throws -> Bool {
        try await browser.open(try world.request([("prompt", "none")]))
        return browser.callback?["code"] != nil
    }

    /// The same store and browser behind another configuration.
    func browser(with upstreams: [Upstream]) throws -> TestBrowser {
        let routes = try ProviderRoutes(
            desk: world.test.desk, keyLead: .seconds(86_400), upstreams: upstreams)
        let other = TestBrowser(TestDoor(routes.responder()))
        other.copyCookies(of: browser)
        return other
    }

    func expectSignedOutPage(_ answer: TestAnswer) {
        #expect(answer.code == 200 && answer.headers[.location] == nil)
        #expect(answer.text.contains("Vous êtes déconnecté."))
        #expect(TestForm.refreshTarget(answer.text) == nil)
        #expect(!answer.text.contains("evil") && !answer.text.contains(Self.back))
    }
}
