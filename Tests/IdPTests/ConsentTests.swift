import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("Consent")
struct ConsentTests {
    private static let required: ClientPolicy = {
        var policy = ClientPolicy()
        policy.consent = .required
        return policy
    }()

    @Test(
        "is asked by name and host, given once, and remembered for these scopes (SR-13)",
        arguments: Backend.available)
    func givenOnce(_ backend: Backend) async throws {
        try await SignInWorld.run(backend, client: Self.required) { world in
            let browser = world.browser()
            try await browser.open(try world.request([("scope", "openid profile")]))
            try await browser.signIn()
            let page = try #require(browser.answer?.text)
            #expect(page.contains("Téléservice lsu"))
            #expect(page.contains("https://teleservice.example.org"))
            try await browser.submit([])
            #expect(browser.callback?["code"] != nil)
            try await browser.open(
                try world.request([("scope", "openid profile"), ("prompt", "none")]))
            #expect(browser.callback?["code"] != nil)
            try await browser.open(
                try world.request([("scope", "openid profile email"), ("prompt", "none")]))
            #expect(browser.callback?["error"] == "consent_required")
        }
    }

    @Test("names every claim that a scope sends, and who is signed in (SR-13)")
    func claims() async throws {
        var policy = Self.required
        policy.entitlements = [.ine]
        try await SignInWorld.run(client: policy) { world in
            let browser = world.browser()
            try await browser.open(try world.request([("scope", "openid profile scolarite")]))
            try await browser.signIn()
            let page = try #require(browser.answer?.text)
            #expect(page.contains("Connecté en tant que Valéry DURANT"))
            for words in ["votre identifiant EduConnect", "votre date de naissance", "le niveau"] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(page.contains("leur identifiant national (INE)"))
            #expect(!page.contains("votre civilité") && !page.contains("leur date de naissance"))
        }
        #expect(UserClaims.supportedNames.filter { ConsentPage.words[$0] == nil } == [])
    }

    @Test("refused is access_denied, and nothing is remembered (fapi2-user-rejects-authentication)")
    func refused() async throws {
        try await SignInWorld.run(client: Self.required) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn()
            try await browser.submit([("action", "annuler")])
            #expect(browser.callback?["error"] == "access_denied")
            try await browser.open(try world.request([("prompt", "none")]))
            #expect(browser.callback?["error"] == "login_required")
        }
    }

    @Test(
        "is asked of a signed-in parent on prompt=consent, and keeps the session that brought them")
    func promptConsent() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.signedIn()
            let first = try await world.idToken(browser)
            try await browser.open(try world.request([("prompt", "consent")]))
            #expect(browser.answer?.text.contains("Autoriser") == true)
            try await browser.submit([])
            #expect(try await world.idToken(browser).member("sid") == first.member("sid"))
        }
    }
}
