import Flow
import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("« Mon compte » (ACC-1)")
struct AccountPageTests {
    @Test(
        "shows name, identifier and address below its tabs, and the ways on (J-M-01, J-M-02, J-M-05)",
        arguments: Backend.available)
    func information(_ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(.account)
            #expect(browser.path == "/compte")
            #expect(browser.shows("<h1>Mon compte</h1>"))
            #expect(browser.text(of: "user-name") == "Mme Valéry DURANT", "J §6 no. 31")
            #expect(browser.text(of: "person-name") == "Valéry DURANT")
            for words in ["v.durant1", SignInWorld.address, "Identifiant", "Email"] {
                #expect(browser.shows(words), "\(words)")
            }
            #expect(browser.shows("<a href=\"/compte\" aria-current=\"page\">Mes informations</a>"))
            #expect(browser.shows("<a href=\"/compte/enfants\">Mes enfants</a>"))
            #expect(browser.link("change-password") == "/compte/mot-de-passe")
            #expect(browser.link("change-address") == "/compte/adresse")
            #expect(!browser.shows("Ma nouvelle adresse mail"))
            #expect(!browser.shows("no-address"))
        }
    }

    @Test(
        "has icons that lead home, to the account and out, on each of its pages (J-M-04, J-M-06, J-O-13)"
    )
    func icons() async throws {
        try await SignInWorld.run { world in
            for page in OwnPage.allCases where page != .portal {
                let browser = try await world.at(page)
                #expect(browser.shows("href=\"/portail\"><svg"), "\(page): home")
                #expect(browser.shows("href=\"/compte\" id=\"account-icon\"><svg"), "\(page)")
                #expect(browser.shows("id=\"sign-out-button\"><svg"), "\(page): out")
                try await browser.submit(form: "sign-out")
                #expect(browser.shows("Vous êtes déconnecté."), "\(page)")
                try await browser.open(page.path)
                #expect(browser.step == "password" && browser.userName == nil, "\(page)")
            }
            #expect(try await world.sessions().isEmpty)
        }
    }

    @Test("shows each child's first name and birth date (J-M-03, J-M-05)")
    func children() async throws {
        try await SignInWorld.run { world in
            _ = try await world.test.makeChild("Tristan", of: world.parent.guardian)
            let browser = try await world.at(.children)
            #expect(browser.shows("<h2>Mes enfants</h2>"))
            for name in ["Alexis", "Tristan"] { #expect(browser.shows("<strong>\(name)</strong>")) }
            #expect(browser.words.matches(of: /02\/03\/2017/).count == 2)
            #expect(browser.shows("Ajouter des enfants depuis un autre compte"))
            #expect(browser.link("regroup") == "/compte/regroupement")
        }
    }

    @Test("says where there is no child any more whom to ask (T17)")
    func noChild() async throws {
        try await SignInWorld.run { world in
            let (parent, now) = (world.parent, world.test.clock.now)
            try await world.test.store.write {
                try $0.upsert(
                    ChildLink(
                        guardian: parent.guardian.id, child: parent.child.id,
                        legalLevel: .representative, endedAt: now))
            }
            let browser = try await world.at(.children)
            #expect(browser.shows("Aucun enfant n'est actuellement rattaché à votre compte."))
            #expect(!browser.shows("Alexis"))
        }
    }

    @Test(
        "opened by FranceConnect shows neither identifier nor password (J-M-12, J-A-25)",
        arguments: Backend.available)
    func franceConnect(_ backend: Backend) async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(backend, upstreams: [stub.upstream()]) { world in
            let browser = try await world.atByFranceConnect(.account, stub)
            #expect(browser.path == "/compte")
            #expect(browser.text(of: "person-name") == "Valéry DURANT")
            #expect(
                browser.shows(
                    "La connexion via FranceConnect ne permet pas de consulter ou modifier ni son identifiant ni son mot de passe EduConnect."
                ))
            for page in OwnPage.allCases where page != .regrouping {
                try await browser.open(page.path)
                #expect(browser.answer?.code == 200, "\(page)")
                #expect(!browser.shows("v.durant1"), "\(page)")
                #expect(browser.link("change-password") == nil, "\(page)")
            }
            try await browser.open("/compte/mot-de-passe")
            #expect(browser.path == "/compte")
            let csrf = try #require(TestForm(browser.text)?.hidden)
            let before = try await world.row()
            let answer = try await browser.send(
                "/compte/mot-de-passe",
                csrf + [
                    ("present-password", SignInWorld.password),
                    ("new-password", ActivationWorld.chosen),
                    ("new-password-confirmation", ActivationWorld.chosen),
                ])
            #expect(answer.code == 403 || answer.code == 303)
            #expect(try await world.row() == before)
            // The rule is of this connection, not of the account.
            let other = try await world.at(.account)
            #expect(other.shows("v.durant1") && other.link("change-password") != nil)
        }
    }

    @Test("invites to give an address where none is confirmed (J §8.2 no. 10)")
    func invitation() async throws {
        try await SignInWorld.run { world in
            try await world.forgetAddress()
            let browser = try await world.at(.account)
            #expect(browser.shows("Votre compte n'a pas encore d'adresse mail."))
            #expect(browser.link("change-address") == "/compte/adresse")
            try await browser.open("/compte/adresse")
            #expect(!browser.shows("mon adresse mail actuelle"))
            try await browser.typeAddress(SignInWorld.newAddress)
            #expect(try await world.addressMails().count == 1, "nobody but the new address")
            #expect(browser.shows("Votre adresse mail n'est pas encore confirmée."))
        }
    }

    private static let pages = OwnPage.allCases.filter { $0 != .regrouping && $0 != .portal }

    @Test("asks who is there, page by page, and leads there then (J §3.0.2)", arguments: pages)
    func signIn(_ page: OwnPage) async throws {
        try await SignInWorld.run { world in
            let browser = world.browser()
            try await browser.open(page.path)
            #expect(browser.step == "password")
            try await browser.signIn()
            #expect(browser.path == page.path)
            #expect(browser.answer?.headers[values: .cacheControl].isEmpty == true)
        }
    }

    @Test(
        "of an account that was closed meanwhile leads to the sign-in, opened or posted",
        arguments: pages, Backend.available)
    func closed(_ page: OwnPage, _ backend: Backend) async throws {
        try await SignInWorld.run(backend) { world in
            let browser = try await world.at(page)
            let forms = TestForm.all(browser.text).filter { $0.action == page.path }
            try await world.close()
            let before = try await world.row()
            for form in forms {
                try await browser.post(
                    form.action,
                    form.hidden + [
                        ("email", "x@example.org"), ("email-confirmation", "x@example.org"),
                        ("present-password", SignInWorld.password),
                        ("new-password", ActivationWorld.chosen),
                        ("new-password-confirmation", ActivationWorld.chosen),
                    ])
                #expect(browser.step == "password")
            }
            try await browser.open(page.path)
            #expect(browser.step == "password")
            #expect(try await world.row() == before)
        }
    }

    @Test("takes forms of its own pages in this session only (SR-60)", arguments: pages)
    func forged(_ page: OwnPage) async throws {
        try await SignInWorld.run { world in
            let (mine, other) = (try await world.at(page), try await world.at(page))
            let before = try await world.row()
            let mails = try await world.test.mails().count
            for form in TestForm.all(mine.text) where form.action == page.path {
                let fields = [
                    ("email", "x@example.org"), ("email-confirmation", "x@example.org"),
                    ("present-password", SignInWorld.password),
                    ("new-password", ActivationWorld.chosen),
                    ("new-password-confirmation", ActivationWorld.chosen),
                ]
                let token = form.hidden.filter { $0.0 == "csrf" }
                #expect(token.count == 1)
                let rest = form.hidden.filter { $0.0 != "csrf" }
                #expect(try await mine.send(page.path, rest + fields).code == 403)
                #expect(try await other.send(page.path, form.hidden + fields).code == 403)
            }
            #expect(try await world.row() == before)
            #expect(try await world.test.mails().count == mails)
        }
    }

    @Test("says nothing because a link tells it to: what it says is of this browser and account")
    func flash() async throws {
        try await SignInWorld.run { world in
            let mine = try await world.giveAddress()
            #expect(mine.text(of: "flash") != nil)
            let said = mine.path
            #expect(said.hasPrefix("/compte?avis=adresse."))
            try await mine.open(said)
            #expect(mine.text(of: "flash") != nil, "loaded again")
            for path in [
                "/compte?avis=adresse", "/compte?avis=adresse.", "/compte?avis=mot-de-passe.x",
                said.replacing("adresse.", with: "mot-de-passe."), "/compte?avis=&avis=",
            ] {
                try await mine.open(path)
                #expect(mine.text(of: "flash") == nil, "\(path)")
                #expect(mine.answer?.code == 200, "\(path)")
            }
            let other = try await world.at(.account)
            try await other.open(said)
            #expect(other.text(of: "flash") == nil, "another browser of the same person")
            // The same browser, another account.
            _ = try await world.test.makeParent("p.loyez")
            try await world.test.setOwnPassword(of: "p.loyez")
            try await mine.open(try world.request([("prompt", "login")]))
            try await mine.signIn("p.loyez")
            try await mine.open(said)
            #expect(mine.shows("p.loyez") && mine.text(of: "flash") == nil)
        }
    }
}

extension TestDesk {
    fileprivate func setOwnPassword(of identifier: String) async throws {
        let hash = try hash(SignInWorld.password)
        let now = clock.now
        try await store.write { writer in
            guard let account = try writer.account(identifier: identifier) else { return }
            try writer.setPassword(
                hash, for: account.id, expectedRevision: account.revision, at: now)
        }
    }
}
