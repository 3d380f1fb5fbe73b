import Flow
import FoundationEssentials
import HTTPTypes
import Messages
import Parents
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The mails about an account")
struct MailTests {
    @Test("M-1 has its subject and its words, letter for letter (J-K-02, J-K-03, J-C-31, J-G-15)")
    func activation() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let mail = try #require(try await world.mails().first)
            #expect(
                mail.subject
                    == "Services en ligne de l'éducation nationale – activation de votre compte")
            let link = TestDesk.issuer + (try await world.link())
            let text = mail.text.replacing("\u{A0}", with: " ")
            #expect(
                text == """
                    Bonjour,

                    Vous souhaitez accéder aux services en ligne de l'éducation nationale avec l'identifiant i.desoil

                    Pour activer votre compte, vous devez d'abord valider votre adresse de messagerie en cliquant sur le lien ci-dessous puis vous connecter au portail en saisissant le mot de passe que vous avez choisi :

                    \(link)

                    Ce lien est valable jusqu'au 22/01/2026 à 11:00 et ne peut servir qu'une fois.

                    En cas de problème, vous trouverez toutes les informations nécessaires à cette adresse : \(TestDesk.issuer)/aide

                    Cordialement,

                    L'administrateur des services en ligne

                    """)
            #expect(mail.html.contains("<a href=\"\(link)\">\(link)</a>"))
            #expect(mail.html.contains("i.desoil"))
            #expect(!mail.html.contains("<img") && !mail.html.contains("<script"))
        }
    }

    @Test("M-1's link carries 256 random bits, of which the store keeps a hash (J-K-04, SR-51)")
    func code() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let code = try await world.link().split(separator: "=")[1]
            let token = try #require(OpaqueToken(String(code), kind: .mailToken))
            #expect(token.verifier.count == 32)
            let stored = try #require(
                try await world.test.store.read { try $0.mailToken(token.reference) })
            #expect(stored.reference.hash == token.hash && stored.purpose == .activation)
            // Nothing of the mail lies open in the store.
            let row = try #require(
                try await world.test.store.read { try $0.outbox(limit: 1) }.first)
            #expect(!String(decoding: row.body, as: UTF8.self).contains("ecm_"))
            #expect(!row.uniqueKey.contains(String(code)))
            #expect(row.expiresAt == stored.expiresAt)
        }
    }

    @Test("come from « Administrateur des services en ligne » (J-K-01)")
    func sender() throws {
        let address = try #require(MailAddress("noreply-educonnect@example.org"))
        #expect(MailSender(address: address).name == "Administrateur des services en ligne")
    }

    @Test("tell names as text, never as markup (2.44)")
    func escaping() async throws {
        try await TestDesk.run(.sqlite) { test in
            let now = test.clock.now
            var account = Account(
                id: test.desk.makeID(at: now), identifier: "v.durant1", state: .active,
                email: "v@example.org", createdAt: now, updatedAt: now)
            let mails = AccountMails(desk: test.desk)
            let name = "<script>alert(1)</script>\r\nBcc: x@example.org"
            let change = try #require(
                mails.signedInFromNewDevice(account, teleservice: name, at: now))
            guard case .enqueue(let record) = change,
                case .mail(let mail) = try test.desk.outbox.message(of: record)
            else {
                Issue.record("no mail")
                return
            }
            #expect(mail.html.contains("&lt;script&gt;") && !mail.html.contains("<script"))
            #expect(!mail.subject.contains("script"))
            account.email = nil
            #expect(mails.signedInFromNewDevice(account, teleservice: "LSU", at: now) == nil)
            #expect(mails.linked(account, provider: "FranceConnect", at: now) == nil)
            #expect(mails.activated(account, at: now) == nil)
            #expect(mails.passwordReplaced(account, at: now) == nil)
        }
    }

    @Test("say that a password was replaced, masked and without a link to it (SR-47)")
    func passwordReplaced() async throws {
        try await TestDesk.run(.sqlite) { test in
            let parent = try await test.makeParent()
            let change = AccountMails(desk: test.desk).passwordReplaced(
                parent.account, at: test.clock.now)
            guard case .enqueue(let record)? = change,
                case .mail(let mail) = try test.desk.outbox.message(of: record)
            else {
                Issue.record("no mail")
                return
            }
            #expect(mail.to.text == "valery.durant@example.org")
            #expect(
                mail.subject
                    == "Services en ligne de l'éducation nationale – votre mot de passe a été modifié"
            )
            #expect(
                mail.text.replacing("\u{A0}", with: " ") == """
                    Bonjour,

                    Le mot de passe de votre compte EduConnect (identifiant v....1) a été modifié le 15/01/2026 à 11:00.

                    Si c'était vous, vous n'avez rien à faire. Sinon, prévenez le directeur de l'école de votre enfant.

                    En cas de problème, vous trouverez toutes les informations nécessaires à cette adresse : \(TestDesk.issuer)/aide

                    Cordialement,

                    L'administrateur des services en ligne

                    """)
        }
    }

    @Test("can be found: the help says sender and subject, junk folder and bin (J-C-35)")
    func help() async throws {
        try await ActivationWorld.run { world in
            let browser = try await world.waiting()
            #expect(browser.shows("courriers indésirables") && browser.shows("corbeille"))
            #expect(browser.answer?.text.contains("href=\"/aide#mail-introuvable\"") == true)
            try await browser.open("/aide")
            for words in [
                "Administrateur des services en ligne",
                "Services en ligne de l'éducation nationale – activation de votre compte",
                "corbeille", "3 mois", "cahier de liaison",
            ] { #expect(browser.shows(words), "\(words)") }
            for topic in HelpTopic.allCases {
                #expect(browser.shows("id=\"\(topic.rawValue)\""), "\(topic)")
            }
        }
    }
}
