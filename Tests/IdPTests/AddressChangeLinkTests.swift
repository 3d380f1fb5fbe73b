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

@Suite("The link of a new address (ACC-4, ACC-5)")
struct AddressChangeLinkTests {
    private static let void = "Ce lien n'est plus valable."

    @Test(
        "shows both addresses masked; its form makes the new one effective, in any browser (J-E-10 to J-E-13, J-E-15, J-F-08)",
        arguments: Backend.available)
    func elsewhere(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let mine = try await world.giveAddress()
            let (link, telephone) = (try await world.addressLink(), world.browser())
            for _ in 0..<3 {
                try await telephone.open(link)
                #expect(telephone.shows("<h1>MISE À JOUR DE L'ADRESSE MAIL</h1>"))
                #expect(telephone.shows("Confirmez la mise à jour de votre adresse mail."))
                #expect(telephone.shows("Je confirme ma nouvelle adresse mail."))
                #expect(telephone.shows("<dt>identifiant</dt><dd>v....1</dd>"))
                #expect(telephone.shows("<dt>ancienne adresse mail</dt><dd>v...org</dd>"))
                #expect(telephone.shows("<dt>nouvelle adresse mail</dt><dd>v...com</dd>"))
                #expect(!telephone.shows("v.durant1") && !telephone.shows(SignInWorld.newAddress))
                #expect(!telephone.shows("<script"), "nothing posts itself here (SR-52)")
            }
            #expect(try await world.row().email == SignInWorld.address)
            try await telephone.submit([])
            #expect(telephone.path == "/compte/adresse/confirmation", "no code in the address")
            #expect(telephone.shows("Votre adresse mail a été mise à jour."))
            #expect(telephone.link("account") == "/compte")
            let row = try await world.row()
            #expect(row.email == SignInWorld.newAddress && row.pendingEmail == nil)
            #expect(row.state == .active)
            #expect(try await world.auditKinds().contains("addressConfirmed"))
            let last = try #require(
                try await world.mails().first { $0.text.contains("a été modifiée le") })
            #expect(last.to.text == SignInWorld.address, "the one from before is told")
            #expect(last.text.contains(SignInWorld.newAddress))
            // Nobody is signed in by it, and nobody is signed out.
            try await telephone.open("/compte")
            #expect(telephone.step == "password")
            try await mine.open("/compte")
            #expect(mine.path == "/compte" && mine.shows(SignInWorld.newAddress))
        }
    }

    @Test("left by « ANNULER » changes nothing, and the change waits on (J-E-14)")
    func cancelled() async throws {
        try await SignInWorld.run { world in
            _ = try await world.giveAddress()
            let reader = world.browser()
            try await reader.open(try await world.addressLink())
            #expect(reader.shows(">ANNULER</a>"))
            #expect(reader.link("cancel") == "/compte")
            try await reader.open("/compte")
            let row = try await world.row()
            #expect(row.email == SignInWorld.address)
            #expect(row.pendingEmail == SignInWorld.newAddress)
            #expect(try await reader.open(try await world.addressLink()).code == 200)
        }
    }

    @Test("names no old address where there was none (J §3.7.2)")
    func firstAddress() async throws {
        try await SignInWorld.run { world in
            try await world.forgetAddress()
            _ = try await world.giveAddress()
            let reader = world.browser()
            try await reader.open(try await world.addressLink())
            #expect(!reader.shows("ancienne adresse mail"))
            #expect(reader.shows("nouvelle adresse mail"))
        }
    }

    @Test("posted fifty times at once serves once (SR-51)", arguments: Backend.available)
    func parallel(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            _ = try await world.giveAddress()
            let browser = world.browser()
            try await browser.open(try await world.addressLink())
            let texts = try await browser.submitAtOnce(50, [])
            // Whoever clicks twice is not told that it failed.
            #expect(texts.allSatisfy { $0.contains("a été mise à jour") })
            #expect(try await world.auditKinds().count { $0 == "addressConfirmed" } == 1)
        }
    }

    @Test("used says that its address is in force; once it is not, how to go on (J-O-16)")
    func used() async throws {
        try await SignInWorld.run { world in
            _ = try await world.giveAddress()
            let (link, reader) = (try await world.addressLink(), world.browser())
            try await reader.open(link)
            try await reader.submit([])
            try await reader.open(link)
            #expect(reader.answer?.code == 200 && reader.link("sign-in") == nil)
            #expect(reader.shows("Votre adresse mail a été mise à jour."))
            #expect(try await world.auditKinds().count { $0 == "addressConfirmed" } == 1)
            let id = try await world.row().id
            try await world.test.store.write { writer in
                guard var account = try writer.account(id) else { return }
                account.email = "another@example.org"
                try writer.replaceAccount(
                    account, expectedRevision: account.revision, ends: nil, at: account.updatedAt)
            }
            try await reader.open(link)
            #expect(reader.answer?.code == 410)
            #expect(reader.shows("<p>\(Self.void)</p>"))
            #expect(reader.link("sign-in") == "/compte/adresse")
        }
    }

    @Test(
        "is good for seven days, a day in the modern profile (J §8.2 no. 4)",
        arguments: [(Policy.Profile.educonnect, Int64(7)), (.modern, 1)])
    func expiry(_ profile: Policy.Profile, _ days: Int64) async throws {
        try await SignInWorld.run(policy: Policy(profile: profile)) { world in
            _ = try await world.giveAddress()
            let (link, reader) = (try await world.addressLink(), world.browser())
            world.test.clock.advance(by: .seconds(days * 86_400 - 1))
            try await reader.open(link)
            #expect(reader.answer?.code == 200)
            world.test.clock.advance(by: .seconds(1))
            try await reader.submit([])
            #expect(reader.shows(Self.void))
            #expect(try await world.row().email == SignInWorld.address)
        }
    }

    @Test(
        "is void once another password is set: whoever gave the address is shut out (2.27)",
        arguments: Backend.available)
    func otherEpoch(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            _ = try await world.giveAddress()
            let reader = world.browser()
            try await reader.open(try await world.addressLink())
            try await world.apply(
                .passwordChanged(passwordHash: try world.test.hash("xK4mPq8Zw2")))
            try await reader.submit([])
            #expect(reader.shows(Self.void))
            #expect(try await world.row().email == SignInWorld.address)
        }
    }

    @Test("opens nothing that another kind of link opens, and none of those opens it (SR-51)")
    func otherPurpose() async throws {
        try await ActivationWorld.run { world in
            _ = try await world.waiting()
            let code = try #require(try await world.link().split(separator: "=").last)
            let reader = world.signIn.browser()
            #expect(try await reader.open("/compte/adresse/confirmation?code=\(code)").code == 410)
            #expect(try await world.row().state == .activating)
            _ = try await world.signIn.giveAddress()
            let other = try #require(
                try await world.signIn.addressLink().split(separator: "=").last)
            #expect(try await reader.open("/confirmation?code=\(other)").code == 410)
            for path in [
                "", "?code=", "?code=x", "?code=\(other)x",
                "?code=" + other.replacing("ecm_", with: "ecs_"),
            ] {
                #expect(
                    try await reader.open("/compte/adresse/confirmation" + path).code == 410,
                    "\(path)")
            }
            #expect(
                try await reader.open("/compte/adresse/confirmation?code=a&code=b").code == 400)
        }
    }

    @Test("is taken only from its own page, in its own browser (SR-60)")
    func forged() async throws {
        try await SignInWorld.run { world in
            _ = try await world.giveAddress()
            let (mine, other) = (world.browser(), world.browser())
            try await mine.open(try await world.addressLink())
            let form = try #require(TestForm(mine.text))
            try await other.open(try await world.addressLink())
            #expect(try await other.send(form.action, form.hidden).code == 403)
            let bare = form.hidden.filter { $0.0 != "csrf" }
            #expect(try await mine.send(form.action, bare).code == 403)
            try await mine.submit(
                [], headers: [try #require(HTTPField.Name("Sec-Fetch-Site")): "cross-site"])
            #expect(mine.answer?.code == 403)
            #expect(try await world.row().email == SignInWorld.address)
        }
    }

    @Test("names the issuer's host, whatever host the request named (2.33, D18)")
    func poisoning() async throws {
        try await SignInWorld.run { world in
            let browser = try await world.at(.email)
            var headers: HTTPFields = [:]
            for name in ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Host", "Host"] {
                headers[try #require(HTTPField.Name(name))] = "evil.example.net"
            }
            try await browser.submit(
                [
                    ("email", SignInWorld.newAddress),
                    ("email-confirmation", SignInWorld.newAddress),
                ], headers: headers)
            let mails = try await world.addressMails()
            #expect(mails.count == 2)
            for mail in mails {
                #expect(!mail.text.contains("evil") && !mail.html.contains("evil"))
            }
        }
    }
}
