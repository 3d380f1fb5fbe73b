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

@Suite("« Identifiant perdu »")
struct ForgottenIdentifierTests {
    private static let unknown = "L'adresse mail saisie n'est pas reconnue."

    @Test(
        "mails the identifier to the confirmed address, and leads back to the sign-in that waits (J-S-09, J-I-01 to J-I-03, J-I-05 to J-I-07, J-K-05, J-K-15)",
        arguments: Backend.available)
    func byMail(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = world.world.browser()
            try await browser.open(try world.world.request())
            #expect(browser.shows(">Identifiant perdu</a>"))
            try await browser.follow("forgotten-identifier")
            #expect(browser.step == "forgotten-identifier")
            for words in [
                "<h1>IDENTIFIANT OUBLIÉ</h1>", "Je saisis mon adresse mail",
                "placeholder=\"Saisissez votre adresse mail\"", ">VALIDER</button>",
                ">ANNULER</button>", "* Champ obligatoire",
            ] { #expect(browser.shows(words), "\(words)") }
            // Capitals, and the blanks of pasting, are forgiven.
            try await browser.submit([("email", " Valery.Durant@example.org ")])
            #expect(browser.step == "identifier-sent")
            #expect(
                browser.shows(
                    "Un email rappelant votre identifiant vous a été envoyé à l'adresse suivante : "
                        + "<strong id=\"mail-address\">Valery.Durant@example.org</strong>"))
            #expect(browser.shows(">VALIDER</button>"))
            let mail = try #require(try await world.test.mails().first)
            #expect(try await world.test.mails().count == 1)
            #expect(mail.to.text == RecoveryWorld.address, "as the account has it")
            #expect(
                mail.subject
                    == "Services en ligne de l'éducation nationale - rappel de votre identifiant")
            #expect(mail.text.contains("v.durant1") && mail.html.contains("v.durant1"))
            #expect(mail.text.contains(TestDesk.issuer + "/portail"))
            // Identifiers, no names (security.md 4.10).
            #expect(!mail.text.contains("DURANT") && !mail.text.contains("Valéry"))
            #expect(mail.text.hasSuffix("L'administrateur des services en ligne\n"))
            try await browser.goBack()
            #expect(browser.step == "password" && !browser.shows("Durant@example.org"))
            try await browser.signIn()
            #expect(browser.callback?["state"] == "state of the client")
            #expect(try await world.events().contains { $0.kind == .identifierReminded })
        }
    }

    @Test(
        "lists the identifiers of all active accounts that confirmed the address, in one mail (J-I-04, J-K-05; journeys §8.2 no. 18)",
        arguments: Backend.available)
    func several(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            try await world.person("v.durant", email: RecoveryWorld.address)
            try await world.person("v.durant2", .closed, email: RecoveryWorld.address)
            try await world.person("v.durant3") { $0.pendingEmail = RecoveryWorld.address }
            let browser = try await world.remind()
            #expect(browser.step == "identifier-sent")
            let mail = try #require(try await world.test.mails().first)
            #expect(try await world.test.mails().count == 1)
            #expect(mail.text.contains("\n\nv.durant\n\nv.durant1\n\n"))
            #expect(!mail.text.contains("v.durant2") && !mail.text.contains("v.durant3"))
        }
    }

    @Test(
        "goes to each writing of the address that an account has confirmed (J-I-04, J-K-15)",
        arguments: Backend.available)
    func writings(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            try await world.person("v.durant", email: "Valery.Durant@Example.org")
            _ = try await world.remind()
            let mails = try await world.test.mails()
            #expect(
                Set(mails.map(\.to.text)) == [RecoveryWorld.address, "Valery.Durant@Example.org"])
            #expect(mails.filter { $0.text.contains("v.durant1") }.count == 1)
        }
    }

    @Test(
        "says of an address that no active account has confirmed that it is not recognised, and why that can be (J-I-08, J-I-09, J-I-11; journeys §6 no. 24)",
        arguments: Backend.available)
    func unknown(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            try await world.person("a.one", .activating) { $0.pendingEmail = "one@example.org" }
            try await world.person("a.two", .closed, email: "two@example.org")
            try await world.person("a.three") { $0.pendingEmail = "three@example.org" }
            for name in ["one", "two", "three", "nobody"] {
                let browser = try await world.remind("\(name)@example.org")
                #expect(browser.isRefused && browser.step == "forgotten-identifier")
                #expect(browser.shows(Self.unknown), "\(name)")
                #expect(browser.shows("value=\"\(name)@example.org\""), "kept")
                #expect(browser.shows("Vérifiez votre saisie."))
                #expect(browser.shows("si vous avez confirmé cette adresse"))
                #expect(browser.shows("href=\"/contact\""))
            }
            #expect(try await world.test.mails().isEmpty)
        }
    }

    @Test("asks for an address that is one (J-I-02, J-G-16)")
    func malformed() async throws {
        try await RecoveryWorld.run { world in
            for (typed, message) in [
                ("", "Champ obligatoire"), ("  ", "Champ obligatoire"),
                ("valery", "L'adresse mail saisie n'est pas valide."),
                ("a@example.org\r\nBcc: b@example.org", "L'adresse mail saisie n'est pas valide."),
            ] {
                let browser = try await world.remind(typed)
                #expect(browser.isRefused)
                #expect(browser.shows("id=\"email-error\">\(message)<"), "\(typed)")
            }
            #expect(try await world.test.mails().isEmpty)
        }
    }

    @Test("is left by « ANNULER », with nothing kept (J-I-02)")
    func cancelled() async throws {
        try await RecoveryWorld.run { world in
            let browser = try await world.at("forgotten-identifier")
            try await browser.goBack()
            #expect(browser.step == "password")
            let again = try await world.remind("nobody@example.org")
            try await again.goBack()
            #expect(again.step == "password" && !again.shows("nobody@example.org"))
        }
    }

    @Test(
        "sends it by SMS to the number that the school knows, of active accounts (J-I-10, J-K-16)",
        arguments: Backend.available)
    func bySMS(_ backend: Backend) async throws {
        try await RecoveryWorld.run(backend) { world in
            let browser = try await world.remindBySMS("+33 (0)6.39.98.00.01")
            #expect(browser.step == "identifier-sent")
            #expect(browser.shows("Un SMS rappelant votre identifiant vous a été envoyé."))
            let message = try #require(try await world.test.textMessages().first)
            #expect(message.number.text == "+33639980001")
            #expect(message.text == "EduConnect : votre identifiant est v.durant1.")
            #expect(message.isGSM7)
            // Two parents share a telephone, a third account is not activated.
            world.clock.advance(by: .seconds(61))
            let mobile = "+33639980020"
            try await world.person("a.decaux", mobile: mobile, lastName: "DECAUX")
            try await world.person("m.fagot", mobile: mobile, lastName: "FAGOT")
            try await world.person("i.desoil", .activating, mobile: mobile, lastName: "DESOIL")
            #expect(try await world.remindBySMS("06 39 98 00 20").step == "identifier-sent")
            #expect(
                try await world.test.textMessages().last?.text
                    == "EduConnect : vos identifiants sont a.decaux, m.fagot.")
        }
    }

    @Test("sends no SMS for a number that no active account has, and says so (J-I-10, J-A-09)")
    func unknownNumber() async throws {
        try await RecoveryWorld.run { world in
            try await world.person("i.desoil", .notifiedNotActivated, mobile: "+33639980020")
            for number in ["06 39 98 00 20", "06 39 98 00 90"] {
                let browser = try await world.remindBySMS(number)
                #expect(browser.isRefused && browser.step == "forgotten-identifier")
                #expect(browser.shows("Le numéro de téléphone saisi n'est pas reconnu."))
                #expect(browser.shows("value=\"\(number)\""))
            }
            let browser = try await world.remindBySMS("0123")
            #expect(browser.shows("Le numéro de téléphone saisi n'est pas valable."))
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("sends none where more identifiers share a number than an SMS holds")
    func placeholder() async throws {
        try await RecoveryWorld.run { world in
            for number in 0..<40 {
                try await world.person("person.number.\(number)", mobile: "+33639980030")
            }
            #expect(try await world.remindBySMS("06 39 98 00 30").isRefused)
            #expect(try await world.test.textMessages().isEmpty)
        }
    }

    @Test("names the issuer's host in its mail, whatever host the request named (2.33, D18)")
    func poisoning() async throws {
        try await RecoveryWorld.run { world in
            var headers: HTTPFields = [:]
            for name in ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Host", "Host"] {
                headers[try #require(HTTPField.Name(name))] = "evil.example.net"
            }
            let one = try await world.at("forgotten-identifier")
            try await one.submit([("email", RecoveryWorld.address)], headers: headers)
            let other = try await world.at("lost-password")
            try await other.submit([("identifier", "v.durant1")], headers: headers)
            let mails = try await world.test.mails()
            #expect(mails.count == 2)
            for mail in mails {
                #expect(!mail.text.contains("evil") && !mail.html.contains("evil"))
                #expect(mail.text.contains(TestDesk.issuer + "/"))
            }
        }
    }
}
