import Flow
import Foundation
import HTTPTypes
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("« Modifiez votre email » (ACC-3)")
struct AddressDialogTests {
    private static let success =
        "La modification de votre adresse de messagerie a bien été prise en compte. Un courriel de "
        + "confirmation vient de vous être transmis à cette nouvelle adresse (*). Lisez-le "
        + "attentivement et suivez les instructions. (*) : Si vous n'avez rien reçu, pensez à regarder "
        + "dans vos courriers indésirables ou « spams »."

    @Test(
        "is a dialog over ACC-1, open without a script, with nothing to reach behind it (J-E-01 to J-E-04)"
    )
    func dialog() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.account)
            #expect(browser.shows("id=\"change-address\">Modifier mon adresse mail</a>"))
            try await browser.follow("change-address")
            let page = browser.words
            let behind = try #require(page.range(of: "<div class=\"behind\" inert>"))
            let dialog = try #require(page.range(of: "<dialog class=\"dialog\" open"))
            #expect(behind.upperBound < dialog.lowerBound)
            #expect(page.contains(">Modifiez votre email</h1>"))
            #expect(page.contains("<h1>Mon compte</h1>"))
            #expect(browser.text(of: "present-address") == SignInWorld.address)
            #expect(browser.shows("mon adresse mail actuelle : "))
            for words in ["Confirmez votre email", "Envoyer", "Annuler", "* Champ obligatoire"] {
                #expect(page[dialog.lowerBound...].contains(words), "\(words)")
            }
            #expect(browser.link("cancel") == "/compte")
            #expect(!browser.shows("Renvoyer un email de validation"))
            #expect(!page.contains("<script"))
        }
    }

    @Test(
        "writes to both addresses, and leaves the old one in force (J-E-06 to J-E-09, J-E-18, J-K-07, J-K-08)",
        arguments: Backend.available)
    func given(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.giveAddress()
            #expect(browser.text(of: "flash") != nil)
            #expect(browser.words.contains(Self.success), "the text in green")
            #expect(browser.shows("notice-success"))
            #expect(browser.path.hasPrefix("/compte?"), "a redirect: nothing to send again")
            let row = try await world.row()
            #expect(row.email == SignInWorld.address)
            #expect(row.pendingEmail == SignInWorld.newAddress)
            #expect(browser.shows(SignInWorld.address) && browser.shows("Ma nouvelle adresse mail"))
            let mails = try await world.addressMails()
            #expect(
                Set(mails.map(\.to.text)) == [SignInWorld.address, SignInWorld.newAddress])
            let told = try #require(mails.first { $0.to.text == SignInWorld.address })
            #expect(told.text.contains("Nouvelle adresse mail\u{A0}: \(SignInWorld.newAddress)"))
            #expect(!told.text.contains("code="), "no link that changes anything (M-4)")
            let asked = try #require(mails.first { $0.to.text == SignInWorld.newAddress })
            let link = TestDesk.issuer + (try await world.addressLink())
            #expect(asked.text.contains(link) && asked.html.contains("<a href=\"\(link)\">"))
            #expect(asked.text.contains("jusqu'au 22/01/2026 à 11:00"), "seven days")
            for mail in mails {
                #expect(mail.text.contains("v....1") && !mail.text.contains("v.durant1"))
            }
            #expect(try await world.auditKinds().contains("addressGiven"))
            // All else that is written to the account meanwhile goes to the old one.
            world.test.clock.advance(by: .seconds(1))
            let elsewhere = try await world.at(.portal)
            try await elsewhere.submit([("action", "continuer")])
            #expect(elsewhere.path == "/portail")
            let all = try await world.test.mails()
            #expect(all.last?.subject.hasSuffix("nouvelle connexion à votre compte") == true)
            #expect(all.filter { $0.to.text != SignInWorld.address } == [asked])
        }
    }

    @Test("masks the new address for the old one in the modern profile (security.md 4.11)")
    func masked() async throws {
        try await SignInWorld.run(policy: Policy(profile: .modern)) { world in
            _ = try await world.giveAddress()
            let told = try #require(
                try await world.addressMails().first { $0.to.text == SignInWorld.address })
            #expect(told.text.contains("Nouvelle adresse mail\u{A0}: v...com"))
            #expect(!told.text.contains(SignInWorld.newAddress))
        }
    }

    @Test(
        "takes no address that could be two, or end a line (security history 2.44)",
        arguments: [
            "", " ", "valery", "valery@", "valery@example", "a@b@example.org",
            "valery@example.org\r\nBcc: x@example.org", "valery@example.org\nx",
            "valery\u{2028}@example.org", "valery@example.org\u{2028}", "\"a b\"@example.org",
            "valery%x@example.org", "valéry@example.org", "valery@example.org,x@example.org",
        ])
    func malformed(_ address: String) async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.email)
            let before = try await world.row()
            try await browser.typeAddress(address)
            #expect(browser.isRefused)
            let isEmpty = address.allSatisfy { $0 == " " }
            #expect(
                browser.text(of: "email-error")
                    == (isEmpty ? "Champ obligatoire" : "L'adresse mail saisie n'est pas valide."))
            #expect(try await world.row() == before)
            #expect(try await world.addressMails().isEmpty)
        }
    }

    @Test("says what is wrong of two that differ, and of the one that is confirmed (J-E-02)")
    func errors() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.email)
            try await browser.typeAddress(SignInWorld.newAddress, again: SignInWorld.address)
            #expect(browser.isRefused)
            #expect(
                browser.text(of: "email-confirmation-error")
                    == "Les deux adresses mail saisies ne sont pas identiques.")
            #expect(browser.text.contains("value=\"\(SignInWorld.newAddress)\""), "kept")
            for same in [SignInWorld.address, " Valery.durant@EXAMPLE.org".lowercased()] {
                try await browser.typeAddress(same)
                #expect(browser.isRefused)
                #expect(
                    browser.text(of: "email-error") == "Cette adresse est déjà votre adresse mail.")
            }
            #expect(try await world.addressMails().isEmpty)
        }
    }

    @Test("sends M-5 again while an address waits, and says so (J-E-05, J-E-16)")
    func resend() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.giveAddress()
            let old = try await world.addressLink()
            try await browser.open("/compte/adresse")
            #expect(browser.text(of: "pending-address") == SignInWorld.newAddress)
            #expect(browser.shows("Ma nouvelle adresse mail : "))
            #expect(browser.shows("Renvoyer un email de validation"))
            try await browser.submit([("action", "renvoyer")])
            #expect(browser.answer?.code == 429, "one a minute (SR-53)")
            #expect(browser.answer?.headers[.retryAfter] == "60")
            #expect(browser.words.contains("Trop de tentatives. Réessayez dans 1 minute."))
            world.test.clock.advance(by: .seconds(61))
            try await browser.submit([("action", "renvoyer")])
            #expect(browser.path.hasPrefix("/compte/adresse?"))
            #expect(browser.words.contains("<p>L'email a été envoyé</p>"))
            #expect(browser.words.contains("<dialog"), "in the dialog")
            let mails = try await world.addressMails()
            #expect(mails.count { $0.to.text == SignInWorld.newAddress } == 2)
            #expect(mails.count { $0.to.text == SignInWorld.address } == 1, "M-4 once")
            let new = try await world.addressLink()
            #expect(new != old)
            #expect(try await browser.open(old).code == 410, "SR-51")
            #expect(try await browser.open(new).code == 200)
        }
    }

    @Test(
        "lets another address replace the one that waits; the older link is void (J-E-17, J-O-08)",
        arguments: Backend.available)
    func replaced(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.giveAddress("mistyped@example.com")
            let old = try await world.addressLink(to: "mistyped@example.com")
            try await browser.open("/compte/adresse")
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(browser.path.hasPrefix("/compte?"))
            #expect(try await world.row().pendingEmail == SignInWorld.newAddress)
            let mails = try await world.addressMails()
            #expect(mails.count { $0.to.text == SignInWorld.address } == 2, "M-4 for each")
            #expect(mails.count { $0.to.text == SignInWorld.newAddress } == 1)
            let reader = world.browser()
            #expect(try await reader.open(old).code == 410)
            try await reader.open(try await world.addressLink())
            try await reader.submit([])
            #expect(try await world.row().email == SignInWorld.newAddress)
        }
    }

    @Test(
        "a change that waits can be abandoned; so it is with all other sessions (security.md 4.11; security history 2.27)",
        arguments: Backend.available, [true, false])
    func abandoned(_ backend: Backend, _ byDialog: Bool) async throws {
        try await SignInWorld.run(backend) { world in
            let rider = try await world.giveAddress("thief@example.com")
            let link = try await world.addressLink(to: "thief@example.com")
            let mine = world.browser()
            if byDialog {
                try await mine.open("/compte/adresse")
                try await mine.signIn()
                try await mine.submit(form: "resend-form", [("action", "abandonner")])
                #expect(mine.path.hasPrefix("/compte?avis=abandon."))
                #expect(mine.shows("Le changement d'adresse mail est abandonné"))
            } else {
                try await mine.open("/compte/securite")
                try await mine.signIn()
                try await mine.submit([("action", "continuer")])
                try await mine.open("/compte/securite")
                try await mine.submit(form: "end-others-form", [("action", "fermer-autres")])
                #expect(mine.shows("le changement d'adresse mail qui n'était pas encore validé"))
                try await rider.open("/compte")
                #expect(rider.step == "password")
            }
            #expect(try await world.row().pendingEmail == nil)
            let reader = world.browser()
            #expect(try await reader.open(link).code == 410)
            #expect(try await world.row().email == SignInWorld.address)
            #expect(try await world.auditKinds().contains("addressAbandoned"))
        }
    }

    @Test("sends three mails an hour and five a day, whatever the addresses (SR-53)")
    func limits() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.email)
            for number in 1...4 {
                try await browser.open("/compte/adresse")
                try await browser.typeAddress("a\(number)@example.com")
                #expect((browser.answer?.code == 429) == (number == 4))
            }
            #expect(try await world.row().pendingEmail == "a3@example.com", "nothing is half done")
            #expect(try await world.addressMails().count == 6)
            #expect(try await world.auditKinds().contains("triesUsedUp"))
        }
    }

    @Test(
        "asks for a sign-in of the last minutes, opened or posted (SR-58; security.md 4.12)",
        arguments: [(Policy.Profile.educonnect, Int64(900)), (.modern, 300)])
    func recent(_ profile: Policy.Profile, _ seconds: Int64) async throws {
        try await SignInWorld.run(policy: Policy(profile: profile)) { world in
            let browser = try await world.at(.email)
            world.test.clock.advance(by: .seconds(seconds))
            try await browser.open("/compte/adresse")
            #expect(browser.path == "/compte/adresse")
            world.test.clock.advance(by: .seconds(1))
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(browser.step == "password", "too old")
            #expect(try await world.row().pendingEmail == nil)
            #expect(browser.text.contains("value=\"v.durant1\""))
            try await browser.open("/compte/adresse")
            #expect(browser.step == "password")
            try await browser.signIn()
            #expect(browser.path == "/compte/adresse")
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(try await world.row().pendingEmail == SignInWorld.newAddress)
        }
    }

    @Test("is there for whoever came by FranceConnect too: it hides the password alone (J-M-12)")
    func franceConnect() async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(upstreams: [stub.upstream()]) { world in
            let browser = try await world.atByFranceConnect(.email, stub)
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(try await world.row().pendingEmail == SignInWorld.newAddress)
        }
    }

    @Test("posted twice at once gives the address once (SR-65)", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.email)
            let codes = try await browser.sendAtOnce(
                8,
                [
                    ("email", SignInWorld.newAddress),
                    ("email-confirmation", SignInWorld.newAddress),
                ])
            #expect(codes.allSatisfy { [303, 429].contains($0) })
            #expect(try await world.addressMails().count == 2)
        }
    }
}
