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

@Suite("« Modifier mon mot de passe » (ACC-2)")
struct PasswordPageTests {
    private static let new = "kR7vXw2pQ9mZ"
    private static let cookie = "__Host-educonnect-session"

    @Test(
        "asks for the present password and twice for the new one, with its rule (J-M-07, J-M-09, J-M-10)"
    )
    func form() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.password)
            for words in [
                "MON COMPTE", "Saisissez votre nouveau mot de passe.",
                "<h1>Je choisis mon nouveau mot de passe</h1>", "mot de passe actuel",
                "nouveau mot de passe**", "confirmation du nouveau mot de passe",
                "* Champ obligatoire",
                "** 8 caractères minimum, 14 caractères maximum, chiffres ET lettres obligatoires",
                ">VALIDER</button>", ">ANNULER</a>",
            ] { #expect(browser.shows(words), "\(words)") }
            #expect(browser.link("cancel") == "/compte")
            #expect(browser.shows("autocomplete=\"current-password\""))
            #expect(browser.shows("<a href=\"/compte\" aria-current=\"page\">"))
        }
    }

    @Test(
        "keeps this session, under another name, and ends all else of the account (J-M-11, J-M-13, SR-47)",
        arguments: Backend.available)
    func changed(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.password)
            let (other, elsewhere) = (try await world.signedIn(), try await world.signedIn())
            let code = try #require(elsewhere.callback?["code"])
            let access = try #require(try await world.redeem(other).string("access_token"))
            _ = try await world.giveAddress()
            let link = try await world.addressLink()
            let old = try #require(browser.cookies[Self.cookie])
            let before = try #require(try await world.sessions().first)
            world.test.clock.advance(by: .seconds(61))

            try await browser.typePassword(SignInWorld.password, Self.new)
            #expect(browser.path.hasPrefix("/compte?avis=mot-de-passe."))
            #expect(
                browser.shows("La modification de votre mot de passe a bien été prise en compte."))
            #expect(
                browser.shows(
                    "La modification du mot de passe est prise en compte à votre prochaine connexion."
                ))
            #expect(browser.cookies[Self.cookie] != old)
            let sessions = try await world.sessions()
            #expect(sessions.count == 1)
            let session = try #require(sessions.first)
            #expect(session.id != before.id && session.authTime == before.authTime)
            #expect(session.expiresAt == before.expiresAt && session.facts == before.facts)

            // The cookie from before, the others' sessions, grants, codes and links are void.
            let stale = world.browser()
            stale.copyCookies(of: browser)
            stale.plant(Self.cookie, old)
            for gone in [stale, other, elsewhere] {
                try await gone.open("/compte")
                #expect(gone.step == "password")
            }
            #expect(try await world.redeem(code: code).error == "invalid_grant")
            let claims = try await world.door.request(
                .get, "/userinfo", headers: [.authorization: "Bearer " + access])
            #expect(claims.code == 401)
            #expect(try await world.browser().open(link).code == 410)

            let mail = try #require(
                try await world.test.mails().first {
                    $0.subject.hasSuffix("votre mot de passe a été modifié")
                })
            #expect(mail.to.text == SignInWorld.address)
            #expect(try await world.auditKinds().contains("passwordChanged"))
            try await browser.open(try world.request([("prompt", "none")]))
            #expect(browser.callback?["code"] != nil, "the session goes on for teleservices")
            let next = world.browser()
            try await next.open("/compte")
            try await next.signIn("v.durant1", SignInWorld.password)
            #expect(next.isRefused)
            try await next.signIn("v.durant1", Self.new)
            #expect(next.step == "address-check" || next.path == "/compte")
        }
    }

    @Test("tells each teleservice of each session that it ended (security history 2.56)")
    func logouts() async throws {
        try await SignInWorld.run {
            $0.backChannelLogoutURI = "https://teleservice.example.org/fin"
        } _: { world in
            let (first, second) = (try await world.signedIn(), try await world.signedIn())
            #expect(first.callback != nil && second.callback != nil)
            try await second.open("/compte/mot-de-passe")
            try await second.typePassword(SignInWorld.password, Self.new)
            let rows = try await world.test.store.read { try $0.outbox(limit: 99) }
            #expect(rows.count { $0.kind == .logout } == 2)
        }
    }

    @Test("says what is wrong, as the activation does, before anything is tried (J-M-09)")
    func errors() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.password)
            let before = try await world.row()
            func error(_ field: String) -> String? { browser.text(of: field + "-error") }
            try await browser.typePassword("", "")
            #expect(browser.isRefused)
            #expect(error("present-password") == "Champ obligatoire")
            #expect(error("new-password") == "Champ obligatoire")
            try await browser.typePassword(SignInWorld.password, "court1")
            #expect(error("new-password")?.contains("doit comporter entre 8 et 14") == true)
            try await browser.typePassword(SignInWorld.password, "Durant2017")
            #expect(error("new-password")?.contains("d'autres connaissent") == true)
            try await browser.typePassword(SignInWorld.password, Self.new, again: Self.new + "x")
            #expect(
                error("new-password-confirmation")
                    == "Les deux mots de passe saisis ne sont pas identiques.")
            #expect(browser.shows("<title>Erreur – "))
            #expect(!browser.text.contains("value=\"" + SignInWorld.password))
            #expect(try await world.row() == before)
            try await browser.typePassword(SignInWorld.password, Self.new)
            try await browser.open("/compte/mot-de-passe")
            try await browser.typePassword(Self.new, Self.new)
            #expect(
                error("new-password")
                    == "Le nouveau mot de passe doit être différent de votre mot de passe actuel.")
        }
    }

    @Test(
        "counts wrong ones with the sign-in's limit, in the store, before it looks (J-M-08, SR-45, 2.37)",
        arguments: Backend.available)
    func wrong(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.password)
            for _ in 0..<5 {
                try await browser.typePassword("Wrong2026", Self.new)
                #expect(browser.isRefused)
                #expect(
                    browser.text(of: "present-password-error")
                        == "Le mot de passe actuel est incorrect.")
            }
            try await browser.typePassword(SignInWorld.password, Self.new)
            #expect(browser.answer?.code == 429)
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 1 minute."))
            // The same known browser waits at SIGN-1 too; another's tries are its own.
            let tab = world.browser()
            tab.copyCookies(of: browser)
            tab.plant(Self.cookie, nil)
            try await tab.open(try world.request())
            try await tab.signIn()
            #expect(tab.answer?.code == 429)
            let other = try await world.at(.account)
            #expect(other.path == "/compte")
            world.test.clock.advance(by: .seconds(61))
            try await browser.typePassword(SignInWorld.password, Self.new)
            #expect(browser.path.hasPrefix("/compte?"))
            #expect(try await world.auditKinds().contains("triesUsedUp"))
        }
    }

    @Test("tried fifty times at once is looked at five times (2.38)", arguments: Backend.available)
    func race(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.password)
            let codes = try await browser.sendAtOnce(
                50,
                [
                    ("present-password", "Wrong2026"), ("new-password", Self.new),
                    ("new-password-confirmation", Self.new),
                ])
            #expect(codes.count { $0 == 422 } <= 5)
            #expect(codes.allSatisfy { [422, 429, 503].contains($0) })
            #expect(
                try await world.auditKinds().count { $0 == "passwordRefused" }
                    == codes.count { $0 == 422 })
        }
    }

    @Test("sent by two tabs at once changes once (SR-65)", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.password)
            _ = try await browser.sendAtOnce(
                3,
                [
                    ("present-password", SignInWorld.password), ("new-password", Self.new),
                    ("new-password-confirmation", Self.new),
                ])
            #expect(try await world.auditKinds().count { $0 == "passwordChanged" } == 1)
            #expect(try await world.sessions().count == 1)
        }
    }

    @Test(
        "keeps for the sign-out whom a provider had vouched for before, sealed for the new session")
    func upstream() async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(upstreams: [stub.upstream()]) { world in
            let browser = try await world.atByFranceConnect(.account, stub)
            // The same person types the password in the same browser: the connection is by password.
            try await browser.open(try world.request([("prompt", "login")]))
            try await browser.signIn()
            try await browser.open("/compte/mot-de-passe")
            try await browser.typePassword(SignInWorld.password, Self.new)
            #expect(browser.path.hasPrefix("/compte?"))
            let session = try #require(try await world.sessions().first)
            let kept = UpstreamSession(of: session, world.test.desk)
            #expect(kept?.idToken == "id token of subject")
        }
    }
}
