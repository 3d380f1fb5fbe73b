import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A lost password, by SMS")
struct ResetBySMSTests {
    private static let shared =
        "Ce numéro ne permet pas de réinitialiser votre mot de passe. Utilisez votre adresse mail ou "
        + "contactez le directeur d'école."

    @Test(
        "ends with a new password and no session; the sign-in that waits goes on with it (J-X-12 to J-X-16)",
        arguments: Backend.available)
    func whole(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            _ = try await world.world.signedIn()
            let browser = try await world.lose(by: "sms")
            #expect(browser.step == "reset-code")
            for words in [
                "<h1>MOT DE PASSE OUBLIÉ</h1>", "Un code vient d'être envoyé par SMS.",
                "J'indique le code de réinitialisation reçu par SMS (code valable 30min)",
                ">Continuer</button>", ">ANNULER</button>",
            ] { #expect(browser.shows(words), "\(words)") }
            // Whoever typed the identifier need not own it.
            #expect(!browser.shows("** 01"))
            let message = try #require(try await world.test.textMessages().last)
            #expect(message.number.text == "+33639980001")
            let code = try await world.test.newestCode()
            #expect(
                message.text
                    == "EduConnect : votre code de réinitialisation est \(code). Il est valable 30 "
                    + "minutes.")
            try await browser.submit([("code", code)])
            #expect(browser.step == "reset-password")
            #expect(browser.shows("<h1>MODIFICATION DU MOT DE PASSE</h1>"))
            #expect(try await world.sessions() == 1)
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.step == "reset-done")
            #expect(browser.shows("Votre mot de passe a été modifié avec succès."))
            #expect(
                browser.shows(
                    "Vous pouvez à présent vous connecter avec votre nouveau mot de passe."))
            #expect(try await world.sessions() == 0, "all have ended, and none has opened")
            #expect(browser.callback == nil)
            let told = try #require(try await world.test.mails().last)
            #expect(told.subject.hasSuffix("votre mot de passe a été modifié"))
            try await browser.goBack()
            #expect(browser.step == "password")
            try await browser.signIn("v.durant1", RecoveryWorld.chosen)
            #expect(browser.callback?["state"] == "state of the client")
            let claims = try await world.world.idToken(browser)
            #expect(claims.member("amr") == ["pwd"], "the code is no part of the sign-in")
        }
    }

    @Test("needs no mail address (J-X-16)")
    func withoutAddress() async throws {
        try await RecoveryWorld.run { world in
            try await world.person("p.loyez", mobile: "+33639980020")
            let browser = try await world.lose("p.loyez", by: "sms")
            try await browser.submit([("code", try await world.test.newestCode())])
            try await browser.submit(RecoveryWorld.fields([("identifier", "p.loyez")]))
            #expect(browser.step == "reset-done")
            #expect(try await world.test.mails().isEmpty)
        }
    }

    @Test(
        "is refused where the directory gives the number to another person, or gives none, or the account is not active (journeys §3.9 no. 7)",
        arguments: Backend.available)
    func refused(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let mobile = "+33639980020"
            try await world.person("a.one", mobile: mobile, lastName: "DECAUX")
            // Whatever the other one's account is.
            try await world.person("a.two", .notNotified, mobile: mobile, lastName: "FAGOT")
            try await world.person("a.three", mobile: nil)
            try await world.person("a.four", .activating, mobile: "+33639980021")
            for (name, words) in [
                ("one", Self.shared),
                (
                    "three",
                    "L'établissement scolaire ne connaît pas votre numéro de téléphone portable."
                ),
                ("four", "Votre demande ne peut pas aboutir : votre compte n'est pas activé"),
            ] {
                let browser = try await world.lose("a." + name, by: "sms")
                #expect(browser.isRefused && browser.step == "lost-password")
                #expect(browser.shows(words), "\(name)")
                #expect(browser.text.contains("value=\"sms\" checked"), "the choice is kept")
            }
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("goes to one person who stands in the directory twice (J §3.10.6)")
    func twice() async throws {
        try await RecoveryWorld.run { world in
            let mobile = "+33639980020"
            try await world.person("p.loyez", mobile: mobile)
            try await world.person("p.loyez1", .notNotified, mobile: mobile)
            #expect(try await world.lose("p.loyez", by: "sms").step == "reset-code")
        }
    }

    @Test(
        "allows a code five tries and thirty minutes, and only the newest (SR-49, SR-51)",
        arguments: Backend.available)
    func codes(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = try await world.lose(by: "sms")
            let first = try await world.test.newestCode()
            try await browser.submit([("code", "")])
            #expect(browser.isRefused && browser.shows("Champ obligatoire"))
            try await browser.submit([("code", "12345")])
            #expect(browser.shows("Le code saisi est incorrect. Veuillez le saisir à nouveau."))
            try await browser.follow("retry")
            #expect(browser.step == "reset-code")
            // A newer code voids the older one.
            world.clock.advance(by: .seconds(61))
            try await browser.follow("code-again")
            #expect(browser.step == "lost-password")
            try await browser.submit([("identifier", "v.durant1"), ("channel", "sms")])
            try await browser.submit([("code", first)])
            #expect(browser.isRefused)
            try await browser.open(browser.screen)
            for _ in 1...4 {
                try await browser.submit([("code", "12345")])
                try await browser.open(browser.screen)
            }
            let second = try await world.test.newestCode()
            try await browser.submit([("code", second)])
            #expect(browser.answer?.code == 429)
            #expect(browser.shows("Le code saisi n'est plus valable."))
            try await browser.follow("retry")
            #expect(browser.step == "lost-password")
            // Too old.
            world.clock.advance(by: .seconds(3600))
            let late = try await world.lose(by: "sms")
            let third = try await world.test.newestCode()
            world.clock.advance(by: .seconds(1800))
            try await late.submit([("code", third)])
            #expect(late.shows("Le code saisi n'est plus valable."))
        }
    }

    @Test("is void once the directory has another number, or gives it to somebody else (4.23)")
    func changed() async throws {
        try await RecoveryWorld.run { world in
            let browser = try await world.lose(by: "sms")
            try await world.test.setMobile("+33639980077", of: world.world.parent.guardian)
            try await browser.submit([("code", try await world.test.newestCode())])
            #expect(browser.isRefused && browser.shows("Le code saisi n'est plus valable."))
            try await world.test.setMobile("+33639980001", of: world.world.parent.guardian)
            world.clock.advance(by: .seconds(61))
            let other = try await world.lose(by: "sms")
            try await world.person("p.loyez", .notNotified, mobile: "+33639980001")
            try await other.submit([("code", try await world.test.newestCode())])
            #expect(other.isRefused && other.shows("Le code saisi n'est plus valable."))
        }
    }

    @Test(
        "allows three misses of the identifier, and sets no other account's password (2.25, 4.24)",
        arguments: Backend.available)
    func misses(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            try await world.person("p.loyez", email: "patrick@example.org")
            let browser = try await world.atCodeProved()
            try await browser.submit(RecoveryWorld.fields([("new-password", "court1")]))
            #expect(browser.isRefused && browser.shows("entre 8 et 14 caractères"))
            for _ in 1...3 {
                try await browser.submit(RecoveryWorld.fields([("identifier", "p.loyez")]))
                #expect(browser.isRefused)
                #expect(browser.shows("L'identifiant saisi n'est pas reconnu."))
            }
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.answer?.code == 429)
            #expect(browser.shows("Le code saisi n'est plus valable."))
            #expect(try await world.row("p.loyez").passwordHash == nil)
            #expect(browser.link("retry")?.contains("lost-password") == true)
        }
    }

    @Test(
        "lasts as long as the code would have, whatever is typed meanwhile (4.24)",
        arguments: Backend.available)
    func lapse(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = try await world.atCodeProved()
            let lifetime = world.test.desk.policy.smsCode.lifetime
            world.clock.advance(by: lifetime - .seconds(1))
            try await browser.submit(RecoveryWorld.fields([("new-password", "court1")]))
            #expect(browser.isRefused && browser.step == "reset-password")
            world.clock.advance(by: .seconds(1))
            try await browser.submit(RecoveryWorld.fields())
            #expect(browser.step == "password", "it begins again")
            #expect(!(try await world.events().contains { $0.kind == .passwordRecovered }))
        }
    }

    @Test(
        "is over once the account has another password: what was shown says nothing any more (2.18)"
    )
    func otherPassword() async throws {
        try await RecoveryWorld.run { world in
            let (atCode, atPassword) = (
                try await world.lose(by: "sms"),
                try await {
                    world.clock.advance(by: .seconds(61))
                    return try await world.atCodeProved()
                }()
            )
            try await world.apply(.passwordChanged(passwordHash: "another"))
            try await atPassword.submit(RecoveryWorld.fields())
            #expect(atPassword.step == "password")
            try await atPassword.open(
                atPassword.path.replacing("/password", with: "/reset-password"))
            #expect(atPassword.step == "password")
            try await atCode.submit([("code", try await world.test.newestCode())])
            #expect(atCode.isRefused)
            #expect(try await world.row().passwordHash == "another")
        }
    }

    @Test("is left by « ANNULER » at each screen, and nothing of it stays (J-X-03)")
    func cancelled() async throws {
        try await RecoveryWorld.run { world in
            for reach in [
                { try await world.at("lost-password") }, { try await world.lose(by: "sms") },
                {
                    world.clock.advance(by: .seconds(61))
                    return try await world.atCodeProved()
                },
            ] as [() async throws -> TestBrowser] {
                let browser = try await reach()
                let here = browser.path
                try await browser.goBack()
                #expect(browser.step == "password")
                if !here.contains("/lost-password") {
                    try await browser.open(here)
                    #expect(browser.step == "password")
                }
            }
        }
    }
}
