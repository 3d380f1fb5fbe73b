import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The link of a lost password's mail")
struct ResetLinkTests {
    static let void =
        "Ce lien n'est plus valable. Veuillez renouveler votre demande."
    static let done = "Votre mot de passe a été modifié avec succès."
    static let unknown = "L'identifiant saisi n'est pas reconnu."

    /// A browser that has nothing to do with the request, at PWD-3.
    func opened(_ world: RecoveryWorld) async throws -> TestBrowser {
        let browser = world.world.browser()
        try await browser.open(try await world.link())
        return browser
    }

    @Test(
        "opened changes nothing; its form sets the password, in any browser, and signs nobody in (J-X-12 to J-X-15, SR-52)",
        arguments: Backend.available)
    func elsewhere(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            world.clock.tick()
            _ = try await world.lose()
            let before = try await world.row()
            let telephone = world.world.browser()
            for _ in 0..<3 {
                try await telephone.open(try await world.link())
                for words in [
                    "<h1>MODIFICATION DU MOT DE PASSE</h1>",
                    "Saisissez votre identifiant et un nouveau mot de passe.",
                    "J'initialise mon nouveau mot de passe.", ">identifiant",
                    "nouveau mot de passe**",
                    "confirmation du nouveau mot de passe", ">VALIDER</button>", ">ANNULER</a>",
                    "** 8 caractères minimum, 14 caractères maximum, chiffres ET lettres "
                        + "obligatoires", "* Champ obligatoire",
                ] { #expect(telephone.shows(words), "\(words)") }
                #expect(!telephone.shows("v.durant1") && !telephone.shows("<script"))
            }
            #expect(try await world.row() == before)
            try await telephone.submit(RecoveryWorld.fields([("identifier", " V.Durant1 ")]))
            #expect(telephone.path == "/mot-de-passe/nouveau", "no code in the address")
            for words in [
                "<h1>CONFIRMATION DE MODIFICATION DU MOT DE PASSE</h1>", Self.done,
                "Vous pouvez à présent vous connecter avec votre nouveau mot de passe.",
                "href=\"\(RecoveryWorld.teleservice)\" id=\"return\">RETOUR</a>",
            ] { #expect(telephone.shows(words), "\(words)") }
            #expect(try await world.sessions() == 0)
            #expect(telephone.cookies["__Host-educonnect-session"] == nil)
            try await telephone.open(try world.world.request())
            try await telephone.signIn("v.durant1", SignInWorld.password)
            #expect(telephone.shows("Identifiant ou mot de passe incorrect."))
            try await telephone.signIn("v.durant1", RecoveryWorld.chosen)
            #expect(telephone.callback?["code"] != nil)
            let kinds = try await world.events(of: before.id).map(\.kind.rawValue)
            #expect(kinds.contains("passwordRecovered"))
        }
    }

    @Test(
        "ends what somebody else may have prepared: sessions, codes, a change of address, other links; the owner is told (2.18, 2.27; journeys §8.2 no. 15)",
        arguments: Backend.available)
    func ends(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let thief = try await world.world.signedIn()
            let code = try #require(thief.callback?["code"])
            try await world.apply(.addressGiven("thief@example.org"))
            let now = world.clock.now
            let token = world.test.desk.makeToken(.mailToken, at: now)
            let row = try await world.row()
            try await world.test.store.write { writer in
                try writer.issue(
                    MailToken(
                        reference: token.reference, purpose: .addressChange, account: row.id,
                        accountEpoch: row.epoch, address: "thief@example.org", createdAt: now,
                        expiresAt: now + .seconds(86_400)))
            }
            _ = try await world.lose()
            let owner = try await opened(world)
            world.clock.advance(by: .seconds(5))
            try await owner.submit(RecoveryWorld.fields())
            #expect(owner.shows(Self.done))
            let after = try await world.row()
            #expect(after.pendingEmail == nil && after.email == RecoveryWorld.address)
            #expect(after.epoch == row.epoch + 1 && after.state == .active)
            #expect(try await world.sessions() == 0)
            #expect(try await world.world.redeem(code: code).code == 400)
            #expect(try await world.test.store.read { try $0.mailToken(token.reference) } == nil)
            try await thief.open(try world.world.request([("prompt", "none")]))
            #expect(thief.callback?["error"] == "login_required")
            let told = try #require(try await world.test.mails().last)
            #expect(told.subject.hasSuffix("votre mot de passe a été modifié"))
            #expect(told.to.text == RecoveryWorld.address)
        }
    }

    @Test(
        "voids a password that the school gave; nothing more is asked at the next sign-in (T12, §3.9)"
    )
    func provisional() async throws {
        try await RecoveryWorld.run { world in
            let given = ProvisionalPassword(hash: try world.test.hash("BUNZ57DM"), sealed: [1])
            try await world.apply(.passwordReset(given))
            _ = try await world.lose()
            let browser = try await opened(world)
            try await browser.submit(RecoveryWorld.fields())
            let row = try await world.row()
            #expect(row.provisionalPasswordHash == nil && row.provisionalPasswordSealed == nil)
            try await browser.open(try world.world.request())
            try await browser.signIn("v.durant1", "BUNZ57DM")
            #expect(browser.shows("Identifiant ou mot de passe incorrect."))
            try await browser.signIn("v.durant1", RecoveryWorld.chosen)
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("leads back to the sign-in that waits, in the browser that asked (J-X-15)")
    func here() async throws {
        try await RecoveryWorld.run { world in
            let browser = try await world.lose()
            try await browser.open(try await world.link())
            try await browser.submit(RecoveryWorld.fields())
            let back = try #require(
                browser.text.firstMatch(of: /href="(\/authorize\/[^"]*)" id="return"/)?.output.1)
            try await browser.open(String(back))
            #expect(browser.step == "password")
            // Whoever waits for wrong tries waits no longer: this browser is no stranger's now.
            try await browser.signIn("v.durant1", RecoveryWorld.chosen)
            #expect(browser.callback?["state"] == "state of the client")
            let subjects = try await world.test.mails().map(\.subject)
            #expect(!subjects.contains { $0.contains("nouvelle connexion") })
        }
    }

    @Test("lets in who had to wait after wrong passwords (SR-45)")
    func afterWaits() async throws {
        try await RecoveryWorld.run { world in
            let browser = world.world.browser()
            try await browser.open(try world.world.request())
            for _ in 1...6 { try await browser.signIn("v.durant1", "Wrong2026") }
            #expect(browser.answer?.code == 429)
            try await browser.open(browser.screen)
            try await browser.follow("lost-password")
            try await browser.submit([("identifier", "v.durant1")])
            try await browser.open(try await world.link())
            try await browser.submit(RecoveryWorld.fields())
            try await browser.follow("return")
            try await browser.signIn("v.durant1", RecoveryWorld.chosen)
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test(
        "refuses another identifier and stays good; the third miss ends it (security.md 4.24, 2.25)",
        arguments: Backend.available)
    func misses(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let other = try await world.person("p.loyez", email: "patrick@example.org")
            _ = try await world.lose()
            let browser = try await opened(world)
            let others = RecoveryWorld.fields([("identifier", "p.loyez")])
            for number in 1...3 {
                try await browser.submit(others)
                if number < 3 {
                    #expect(browser.answer?.code == 422 && browser.shows(Self.unknown))
                    #expect(browser.shows("value=\"p.loyez\""))
                    #expect(!browser.shows(RecoveryWorld.chosen))
                }
            }
            #expect(browser.answer?.code == 410 && browser.shows(Self.void))
            try await browser.open(try await world.link())
            #expect(browser.shows(Self.void))
            let row = try await world.row("p.loyez")
            #expect(row.passwordHash == nil && row.revision == other.account.revision)
            #expect(try await world.row().passwordHash != nil)
            #expect(
                try await world.events(of: world.world.parent.account.id).count {
                    $0.kind == .resetRefused
                } == 3)
        }
    }

    @Test(
        "counts misses before it looks, and no form that is none (2.38)",
        arguments: Backend.available)
    func tries(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            _ = try await world.lose()
            let browser = try await opened(world)
            let form = try #require(TestForm.holding(["identifier"], in: browser.text))
            // Neither an empty field, nor a password that the rule refuses, is a miss.
            for changes in [
                [("identifier", "")], [("new-password", "court1")],
                [("new-password-confirmation", "another1")],
                [("new-password", "Durant59x"), ("new-password-confirmation", "Durant59x")],
            ] {
                for _ in 1...2 {
                    try await browser.submit(RecoveryWorld.fields(changes))
                    #expect(browser.answer?.code == 422, "\(changes)")
                }
            }
            let wrong = form.hidden + RecoveryWorld.fields([("identifier", "p.loyez")])
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await browser.send(form.action, wrong).code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.allSatisfy { [410, 422, 503].contains($0) })
            #expect(codes.count { $0 == 422 } <= 2)
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.shows(Self.void), "the right one comes too late")
        }
    }
}
