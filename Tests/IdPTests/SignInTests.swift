import Flow
import FoundationEssentials
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("A parent who signs in for a teleservice")
struct SignInTests {
    @Test(
        "is sent back with a code, the state and the issuer (oidcc-server, J-S-15, SR-05)",
        arguments: Backend.available)
    func happyFlow(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = world.browser()
            let page = try await browser.open(try world.request())
            #expect(page.code == 200)
            try await browser.signIn()
            let callback = try #require(browser.callback)
            #expect(callback["state"] == "state of the client")
            #expect(callback["iss"] == TestDesk.issuer)
            let claims = try await world.idToken(browser)
            #expect(claims.member("nonce")?.string == "n-0S6_WzA2Mj")
            #expect(claims.member("acr")?.string == "urn:educonnect:acr:password")
            #expect(claims.member("auth_time")?.integer == world.test.clock.now.epochSeconds)
        }
    }

    @Test("sees the words of SIGN-1 (J-S-01, J-S-05 to J-S-08, J-S-12, J-S-13)")
    func words() async throws {
        try await SignInWorld.run { world in
            let text = try await world.browser().open(try world.request()).text
            for words in [
                "J&#39;accède aux services en ligne des établissements scolaires",
                "J&#39;utilise mes identifiants EduConnect", "Identifiant",
                "Saisissez un identifiant",
                "Mot de passe", "Saisissez un mot de passe", "Se connecter",
                "Le portail des responsables d&#39;élèves du 1er degré", "Téléservice lsu",
            ] { #expect(text.contains(words), "\(words)") }
        }
    }

    @Test("comes by POST as well (oidcc-ensure-post-request-succeeds)")
    func byPost() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            let query = try world.request().split(separator: "?", maxSplits: 1)[1]
            let form = try Form(parsing: String(query))
            try await browser.post("/authorize", form.parameters.map { ($0.name, $0.value) })
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("writes nothing before the first form (design: an anonymous request writes nothing)")
    func anonymous() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let address = browser.path.split(separator: "/")[1]
            let id = try #require(InteractionRecord.ID(address: address))
            #expect(try await world.test.store.read { try $0.interaction(id) } == nil)
        }
    }

    @Test("signs in a second teleservice without a page (J-G-02, J-O-14)")
    func singleSignOn() async throws {
        try await SignInWorld.run { world in
            try await world.test.register("inscription")
            let browser = try await world.signedIn()
            let answer = try await browser.open(try world.request(client: "inscription"))
            #expect(answer.code == 302)
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test(
        "with a wrong identifier or password gets one and the same message (J-S-17, SR-46)",
        arguments: [
            ("v.durant1", "Wrong2026"), ("v.durant2", "Parent2026"), ("v.durant1", "parent2026"),
        ])
    func wrong(_ typed: (String, String)) async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn(typed.0, typed.1)
            #expect(browser.isRefused)
            #expect(browser.answer?.text.contains("Identifiant ou mot de passe incorrect.") == true)
            #expect(browser.callback == nil)
            try await browser.signIn(" V.Durant1 ")
            #expect(browser.callback?["code"] != nil, "the form serves again")
        }
    }

    @Test("is told which field is empty", arguments: [("", "x"), ("v.durant1", ""), ("", "")])
    func empty(_ typed: (String, String)) async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn(typed.0, typed.1)
            #expect(browser.isRefused)
            #expect(browser.answer?.text.contains("Champ obligatoire") == true)
        }
    }

    @Test(
        "refused says so in its title and at both fields, and waits at the password (WCAG 3.3.1)")
    func refusedForm() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            #expect(browser.answer?.text.contains("<title>J&#39;accède") == true)
            try await browser.signIn("v.durant1", "Parent2027")
            let page = try #require(browser.answer?.text)
            #expect(page.contains("<title>Erreur – J&#39;accède"))
            #expect(page.contains("<h1>J&#39;accède"))
            let fields = page.matches(of: /<input class="input"[^>]*>/).map { String($0.output) }
            #expect(fields.count == 2)
            for field in fields {
                #expect(field.contains("aria-invalid=\"true\""))
                #expect(field.contains("aria-describedby=\"sign-in-error\""))
            }
            #expect(fields.map { $0.contains("autofocus") } == [false, true])
        }
    }

    @Test("waits after five wrong tries, even with the right password then (J §3.1, SR-45)")
    func tooMany() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            for _ in 0..<5 { try await browser.signIn("v.durant1", "Wrong2026") }
            try await browser.signIn()
            #expect(browser.answer?.code == 429)
            #expect(
                browser.answer?.text.contains("Trop de tentatives. Réessayez dans 1 minute.")
                    == true)
            world.test.clock.advance(by: .seconds(61))
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test(
        "is not locked out by strangers: a browser that signed in before has a day of its own (SR-45)"
    )
    func knownBrowser() async throws {
        try await SignInWorld.run { world in
            let mine = try await world.signedIn()
            for number in 0..<100 {
                let stranger = world.browser()
                stranger.address = "198.51.100.\(number)"
                try await stranger.open(try world.request())
                try await stranger.signIn("v.durant1", "Wrong2026")
                #expect(stranger.isRefused)
            }
            let another = world.browser()
            try await another.open(try world.request())
            try await another.signIn()
            #expect(another.answer?.code == 429)
            try await mine.open(try world.request([("prompt", "login")]))
            try await mine.signIn()
            #expect(mine.callback?["code"] != nil)
        }
    }

    @Test("is not kept waiting by strangers of the same network either (SR-45)")
    func knownBrowserOfOneNetwork() async throws {
        try await SignInWorld.run { world in
            let mine = try await world.signedIn()
            for number in 0..<60 {
                let stranger = world.browser()
                try await stranger.open(try world.request())
                try await stranger.signIn(
                    number < 6 ? "v.durant1" : "nobody\(number)", "Wrong2026")
            }
            let another = world.browser()
            try await another.open(try world.request())
            try await another.signIn()
            #expect(another.answer?.code == 429)
            try await mine.open(try world.request([("prompt", "login")]))
            try await mine.signIn()
            #expect(mine.callback?["code"] != nil)
            // Its own wrong tries keep it waiting all the same.
            try await mine.open(try world.request([("prompt", "login")]))
            for _ in 0..<5 { try await mine.signIn("v.durant1", "Wrong2026") }
            try await mine.signIn()
            #expect(mine.answer?.code == 429)
        }
    }

    @Test("is refused when the account is absorbed (J-S-19)")
    func closed() async throws {
        try await SignInWorld.run { world in
            try await world.test.makeAccount("v.durant", .closed, password: SignInWorld.password)
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.signIn("v.durant")
            #expect(browser.answer?.text.contains("Ce compte n&#39;est plus utilisable.") == true)
            #expect(browser.callback == nil)
        }
    }

    @Test("may cancel: the teleservice is told access_denied (fapi2-user-rejects-authentication)")
    func cancels() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.submit([("action", "annuler")])
            #expect(browser.callback?["error"] == "access_denied")
            #expect(browser.callback?["state"] == "state of the client")
            #expect(browser.callback?["iss"] == TestDesk.issuer)
        }
    }

    @Test("with response_mode=form_post leaves by a form that posts itself")
    func formPost() async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(try world.request([("response_mode", "form_post")]))
            try await browser.signIn()
            let form = try #require(TestForm(browser.answer?.text ?? ""))
            #expect(form.action == TestDesk.redirectURI)
            #expect(form.hidden.map(\.0).sorted() == ["code", "iss", "state"])
        }
    }
}
