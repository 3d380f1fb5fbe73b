import Federation
import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("« Mot de passe perdu »")
struct LostPasswordTests {
    @Test(
        "mails a link to the confirmed address, with the number that the screen shows (J-S-10, J-X-01 to J-X-08, J-K-06, J-K-15, J-F-07)",
        arguments: Backend.available)
    func byMail(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = world.world.browser()
            try await browser.open(try world.world.request())
            #expect(browser.shows(">Mot de passe perdu</a>"))
            try await browser.follow("lost-password")
            #expect(browser.step == "lost-password")
            for words in [
                "<h1>MOT DE PASSE OUBLIÉ</h1>", "Je saisis mon identifiant",
                "id=\"sign-in-franceconnect\"", ">par mail</label>", ">par SMS</label>",
                ">VALIDER</button>", ">ANNULER</button>", "* Champ obligatoire",
            ] { #expect(browser.shows(words), "\(words)") }
            try await browser.submit([("identifier", " V.Durant1 ")])
            #expect(browser.step == "reset-sent")
            for words in [
                "<h1>Vérifiez vos emails !</h1>",
                "Nous venons juste de vous envoyer les instructions pour réinitialiser votre mot de "
                    + "passe *.",
                "Si vous n'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "
                    + "\"spams\".",
                "La référence de cette demande est le n° ",
            ] { #expect(browser.shows(words), "\(words)") }
            let reference = try #require(
                browser.words.firstMatch(of: /id="reference">(\d{15})<\/strong>/)?.output.1)
            let mail = try #require(try await world.test.mails().first)
            #expect(try await world.test.mails().count == 1)
            #expect(mail.to.text == RecoveryWorld.address)
            #expect(
                mail.subject
                    == "Services en ligne de l'éducation nationale - réinitialisation de votre mot de "
                    + "passe")
            #expect(mail.text.contains("n°\u{A0}\(reference)"))
            #expect(mail.text.contains("valable jusqu'au 16/01/2026 à 11:00"), "24 hours")
            #expect(!mail.text.contains("v.durant1"), "the identifier is asked for at the link")
            #expect(try await world.link().hasPrefix("/mot-de-passe/nouveau?code=ecm_"))
            // By its number the assistance finds the request.
            let noted = try await world.events(of: world.world.parent.account.id).first
            #expect(noted?.kind == .resetMailed && noted?.detail == String(reference))
            try await browser.goBack()
            #expect(browser.step == "password")
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil, "nothing has changed yet")
        }
    }

    @Test("gives each request a number of its own (J-F-07)")
    func references() async throws {
        try await RecoveryWorld.run { world in
            var seen: Set<String> = []
            for number in 0..<20 {
                try await world.person("person\(number)", email: "person\(number)@example.org")
                let browser = try await world.lose("person\(number)", from: "192.0.2.\(number)")
                let reference = browser.words.firstMatch(of: /id="reference">(\d{15})</)?.output.1
                seen.insert(String(try #require(reference)))
            }
            #expect(seen.count == 20)
        }
    }

    @Test(
        "says why it can't be done for an account that is not activated or has no confirmed address (J-X-09, J-X-10, J-X-17, J-X-18)",
        arguments: Backend.available)
    func notReady(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            try await world.person("a.one", .activating) { $0.pendingEmail = "one@example.org" }
            try await world.person("a.two", .notifiedNotActivated)
            try await world.person("a.three", .notNotified)
            try await world.person("a.four") { $0.pendingEmail = "four@example.org" }
            for name in ["one", "two", "three", "four"] {
                let browser = try await world.lose("a." + name)
                #expect(browser.isRefused && browser.step == "lost-password", "\(name)")
                for words in [
                    "Votre demande ne peut pas aboutir : votre compte n'est pas activé ou votre "
                        + "adresse mail n'a pas été validée.",
                    "Retrouvez le mail d'activation, suivez son lien, puis recommencez.",
                    "href=\"/aide#mail-introuvable\"", "href=\"/contact\"",
                    "nouveau courrier de notification", "value=\"a.\(name)\"",
                ] { #expect(browser.shows(words), "\(name): \(words)") }
            }
            #expect(try await world.test.mails().isEmpty)
        }
    }

    @Test("says of an unknown or absorbed identifier that it is not recognised (J-X-11, J-X-18)")
    func unknown() async throws {
        try await RecoveryWorld.run { world in
            try await world.person("v.durant", .closed, email: "closed@example.org")
            for channel in ["mail", "sms"] {
                for name in ["v.durant", "nobody", String(repeating: "a", count: 300)] {
                    let browser = try await world.lose(
                        name, by: channel, from: "192.0.2.\(channel.count)")
                    #expect(browser.isRefused && browser.step == "lost-password")
                    #expect(browser.shows("L'identifiant saisi n'est pas reconnu."), "\(name)")
                    #expect(browser.shows("href=\"/contact\""))
                }
                let empty = try await world.lose("  ", by: channel)
                #expect(empty.shows("id=\"identifier-error\">Champ obligatoire<"))
            }
            #expect(try await world.test.mails().isEmpty)
        }
    }

    @Test("offers FranceConnect, and tells on the sign-in page where that fails (J-X-02)")
    func franceConnect() async throws {
        try await RecoveryWorld.run { world in
            let browser = try await world.lose()
            #expect(browser.step == "reset-sent")
            try await browser.open(browser.path.replacing("reset-sent", with: "lost-password"))
            world.upstream.failure = .providerFailed(status: 500)
            try await browser.startAtUpstream()
            #expect(browser.step == "password")
            #expect(browser.shows("FranceConnect n'est pas disponible pour le moment."))
        }
    }

    @Test(
        "gives a password to an account that FranceConnect opened without one (journeys §8.2 no. 11)"
    )
    func withoutPassword() async throws {
        try await RecoveryWorld.run { world in
            try await world.person("p.loyez", email: "patrick@example.org") {
                $0.origin = .franceConnect
            }
            _ = try await world.lose("p.loyez")
            let browser = world.world.browser()
            try await browser.open(try await world.link())
            try await browser.submit(RecoveryWorld.fields([("identifier", "p.loyez")]))
            #expect(browser.shows("Votre mot de passe a été modifié avec succès."))
            try await browser.open(try world.world.request())
            try await browser.signIn("p.loyez", RecoveryWorld.chosen)
            #expect(browser.callback?["code"] != nil)
            #expect(try await world.row("p.loyez").origin == .franceConnect)
        }
    }

    @Test("is explained by the help, which names both ways (J-G-15, J-X-16)")
    func help() async throws {
        try await RecoveryWorld.run { world in
            let browser = world.world.browser()
            try await browser.open("/aide")
            for words in [
                "« Identifiant perdu »", "« Mot de passe perdu »",
                "rappel de votre identifiant", "réinitialisation de votre mot de passe",
                "par mail un lien, ou par SMS un code",
            ] { #expect(browser.shows(words), "\(words)") }
        }
    }
}
