import Flow
import FoundationEssentials
import HTTPTypes
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A sign-out asked for by a teleservice")
struct SignOutTests {
    private static let back = "https://teleservice.example.org/au-revoir"

    private static func run(
        _ body: (SignInWorld, TestBrowser, _ hint: String) async throws -> Void
    ) async throws {
        try await SignInWorld.run(.sqlite) { metadata in
            metadata.postLogoutRedirectURIs = [try RedirectURI(back)]
        } _: { world in
            let browser = try await world.signedIn()
            let hint = try #require(try await world.redeem(browser).string("id_token"))
            try await body(world, browser, hint)
        }
    }

    private static func address(_ parameters: [(String, String)]) -> String {
        "/logout?" + Form.encode(parameters)
    }

    private static func isSignedIn(
        _ browser: TestBrowser, _ world: SignInWorld
    ) async throws -> Bool {
        try await browser.open(try world.request([("prompt", "none")]))
        return browser.callback?["code"] != nil
    }

    @Test(
        "with the session's own hint ends it at once and goes back with the state (SR-62, J-O-14)")
    func withHint() async throws {
        try await Self.run { world, browser, hint in
            let parameters = [
                ("id_token_hint", hint), ("post_logout_redirect_uri", Self.back), ("state", "x y"),
            ]
            let answer = try await browser.open(Self.address(parameters))
            #expect(answer.headers[.location] == Self.back + "?state=x+y")
            #expect(try await !Self.isSignedIn(browser, world))
        }
    }

    @Test("led to its end by a stranger asks, and ends nothing (SR-60, SR-62)")
    func strangersLink() async throws {
        try await Self.run { world, browser, _ in
            let session = world.test.desk.cookies.session
            let before = browser.cookies[session]
            for query in ["", "?client_id=lsu", "?client_id=unknown"] {
                try await browser.open("/logout/fin" + query)
                #expect(!browser.shows("Vous êtes déconnecté."), "\(query)")
                #expect(browser.cookies[session] == before, "\(query)")
            }
            #expect(browser.shows("Voulez-vous vous déconnecter"))
            #expect(try await Self.isSignedIn(browser, world))
        }
    }

    @Test("by POST, which brings no cookie, comes back by an address of ours")
    func byPost() async throws {
        try await Self.run { world, browser, hint in
            try await browser.post("/logout", [("id_token_hint", hint)])
            #expect(browser.answer?.text.contains("Vous êtes déconnecté.") == true)
            #expect(try await !Self.isSignedIn(browser, world))
        }
    }

    @Test("without a hint asks the person first, and does what they say")
    func question() async throws {
        try await Self.run { world, browser, _ in
            let parameters = [
                ("client_id", "lsu"), ("post_logout_redirect_uri", Self.back), ("state", "s"),
            ]
            try await browser.open(Self.address(parameters))
            #expect(browser.answer?.text.contains("Voulez-vous vous déconnecter") == true)
            try await browser.submit([])
            Self.expectLink(browser.answer, to: Self.back + "?state=s")
            #expect(try await !Self.isSignedIn(browser, world))
        }
    }

    @Test(
        "without a hint never leads on by itself, but by a link (oidcc-rp-initiated-logout-no-id-token-hint)"
    )
    func signedOutAlready() async throws {
        try await Self.run { world, _, _ in
            let parameters = [
                ("client_id", "lsu"), ("post_logout_redirect_uri", Self.back), ("state", "s"),
            ]
            Self.expectLink(
                try await world.browser().open(Self.address(parameters)),
                to: Self.back + "?state=s")
        }
    }

    @Test("with a hint leads on where the session has ended already")
    func endedAlready() async throws {
        try await Self.run { world, _, hint in
            let parameters = [("id_token_hint", hint), ("post_logout_redirect_uri", Self.back)]
            let answer = try await world.browser().open(Self.address(parameters))
            #expect(answer.headers[.location] == Self.back)
        }
    }

    private static func expectLink(_ answer: TestAnswer?, to target: String) {
        let text = answer?.text ?? ""
        #expect(answer?.code == 200 && answer?.headers[.location] == nil)
        #expect(TestForm.refreshTarget(text) == nil)
        #expect(text.contains("Vous êtes déconnecté."))
        #expect(text.contains("href=\"\(target)\""))
    }

    @Test("by a stranger's link changes nothing until the person agrees (security history 2.51)")
    func stranger() async throws {
        try await Self.run { world, browser, _ in
            try await browser.open("/logout")
            #expect(try await Self.isSignedIn(browser, world))
            let form = try #require(TestForm(try await browser.open("/logout").text))
            let answer = try await browser.post(form.action, [("csrf", "forged")])
            #expect(answer.code == 403)
            #expect(try await Self.isSignedIn(browser, world))
        }
    }

    @Test(
        "never goes to an address that its client has not registered (security history 2.4)",
        arguments: [
            "https://evil.example.org/", "https://teleservice.example.org/au-revoir/",
            "https://teleservice.example.org/callback", "https:\\\\evil.example.org",
            "javascript:alert(1)",
        ])
    func unregistered(_ target: String) async throws {
        try await Self.run { world, browser, hint in
            for parameters in [[("id_token_hint", hint)], [("client_id", "lsu")], []] {
                let answer = try await browser.open(
                    Self.address(parameters + [("post_logout_redirect_uri", target)]))
                #expect(answer.code == 400)
                #expect(answer.headers[.location] == nil)
            }
            #expect(try await Self.isSignedIn(browser, world))
        }
    }

    @Test("with a hint that is none of ours, or another client's, is refused")
    func wrongHint() async throws {
        try await Self.run { world, browser, hint in
            try await world.test.register("inscription")
            for parameters in [
                [("id_token_hint", hint + "x")], [("id_token_hint", "a.b.c")],
                [("id_token_hint", hint), ("client_id", "inscription")],
            ] {
                #expect(try await browser.open(Self.address(parameters)).code == 400)
            }
            #expect(try await Self.isSignedIn(browser, world))
        }
    }

    @Test("with the hint of another session asks first")
    func otherSession() async throws {
        try await Self.run { world, browser, _ in
            let other = try await world.signedIn()
            let hint = try #require(try await world.redeem(other).string("id_token"))
            let answer = try await browser.open(Self.address([("id_token_hint", hint)]))
            #expect(answer.text.contains("Voulez-vous vous déconnecter"))
        }
    }

    @Test("asks without a promise that all services end too, since some can't be told (J §3.11)")
    func words() async throws {
        try await Self.run { _, browser, _ in
            let answer = try await browser.open("/logout")
            #expect(answer.text.contains("en sont prévenus. Si l&#39;un d&#39;eux reste ouvert"))
            #expect(!answer.text.contains("Vous serez déconnecté de tous"))
        }
    }

    @Test("ends also what was proved in this browser and not finished (SR-62)")
    func unfinishedProof() async throws {
        var policy = ClientPolicy()
        policy.consent = .required
        try await SignInWorld.run(client: policy) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn()
            let consent = browser.path
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            #expect(browser.answer?.text.contains("Autoriser") == true)
            try await browser.open(Self.address([]))
            #expect(try await browser.open(consent).text.contains("Mot de passe"))
            try await browser.post(form.action, form.hidden)
            #expect(browser.callback == nil)
        }
    }
}
