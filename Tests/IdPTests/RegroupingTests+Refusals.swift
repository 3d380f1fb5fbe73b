import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

extension RegroupingTests {
    @Test(
        "is refused, and changes nothing (J-R-02, J §3.7.3)",
        arguments: [
            ("v.durant", "Wrong2026", "Identifiant ou mot de passe incorrect."),
            ("n.obody", "Parent2026", "Identifiant ou mot de passe incorrect."),
            ("v.durant1", SignInWorld.password, "Vous êtes déjà connecté avec ce compte."),
            ("p.closed", "Closed2026", "Ce compte n'est plus utilisable."),
            ("", "Parent2026", "Champ obligatoire"),
            ("v.durant", "", "Champ obligatoire"),
        ])
    func refused(_ identifier: String, _ password: String, _ words: String) async throws {
        try await RegroupingWorld.run { world in
            try await world.signIn.test.makeAccount("p.closed", .closed, password: "Closed2026")
            let browser = try await world.searched(identifier, password)
            #expect(browser.answer?.code == 422)
            #expect(browser.shows(words))
            #expect(!browser.text.contains("Wrong2026") && !browser.text.contains("Parent2026"))
            #expect(try await world.children() == ["Alexis"])
        }
    }

    @Test("is refused where the two accounts are not of one name (J §8.2 no. 19)")
    func otherName() async throws {
        try await RegroupingWorld.run { world in
            var guardian = world.other.guardian
            guardian.firstName = "Christophe"
            guardian.civility = "M."
            let record = guardian
            try await world.signIn.test.store.write { _ = try $0.upsert(record) }
            let browser = try await world.atQuestion()
            #expect(
                browser.shows(
                    "Ces deux comptes ne sont pas au même nom. Contactez le directeur d'école."))
        }
    }

    @Test("happens once, however often it is posted (SR-65)")
    func once() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            let form = try #require(TestForm.all(browser.text).last)
            try await browser.submit(form: "regroup-form")
            #expect(
                browser.shows(
                    "L'opération de regroupement des comptes a été effectuée avec succès."))
            #expect(
                browser.shows("Seul le compte avec lequel vous êtes connecté reste disponible."))
            try await browser.post(form.action, form.hidden)
            #expect(browser.path.hasPrefix("/compte/regroupement?avis=regroupement-perime."))
            let kinds = try await world.signIn.auditKinds(of: world.other.account.id)
            #expect(kinds.filter { $0 == "absorbed" }.count == 1)
        }
    }

    @Test(
        "is not gone on with once either account has changed, time has passed, or another session is there (security history 2.25)"
    )
    func stale() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            let now = world.signIn.test.clock.now
            let (account, hash) = (world.other.account, try world.signIn.test.hash("Neuf20266"))
            try await world.signIn.test.store.write {
                try $0.setPassword(
                    hash, for: account.id, expectedRevision: account.revision, at: now)
            }
            try await browser.submit(form: "regroup-form")
            #expect(browser.shows("L'un des deux comptes a changé, ou trop de temps a passé."))
            #expect(try await world.signIn.account("v.durant").state == .active)
        }
        // Nothing has changed but the session that asks.
        try await RegroupingWorld.run { world in
            let address = try await world.atQuestion().path
            let another = try await world.signIn.at(.portal)
            try await another.open(address)
            #expect(another.path.hasPrefix("/compte/regroupement?avis=regroupement-perime."))
        }
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            world.signIn.test.clock.advance(by: .seconds(601))
            try await browser.submit(form: "regroup-form")
            #expect(try await world.signIn.account("v.durant").state == .active)
        }
    }

    @Test("asks for a recent sign-in (SR-58)")
    func recent() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.signIn.at(.portal)
            world.signIn.test.clock.advance(by: .seconds(901))
            try await browser.open("/compte/regroupement")
            #expect(browser.path.hasPrefix("/authorize/"))
            #expect(browser.text.contains("value=\"v.durant1\""))
            try await browser.signIn()
            #expect(browser.path == "/compte/regroupement")
        }
    }

    @Test("shares the limit of sign-ins: five tries, then a wait (SR-45; security history 2.37)")
    func limited() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atSearch()
            for _ in 0..<5 {
                try await browser.submit([("identifier", "v.durant"), ("password", "Wrong2026")])
            }
            try await browser.submit([
                ("identifier", "v.durant"), ("password", RegroupingWorld.otherPassword),
            ])
            #expect(browser.answer?.code == 429)
            #expect(browser.shows("Trop de tentatives. Réessayez dans 1 minute."))
            let door = try await world.signIn.at(
                .portal, "v.durant", RegroupingWorld.otherPassword)
            #expect(door.answer?.code == 429)
        }
    }

    @Test("needs a form of this session (SR-60)")
    func crossSite() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            let form = try #require(TestForm.all(browser.text).last)
            let answer = try await browser.send(
                form.action, form.hidden.filter { $0.0 != "csrf" } + [("csrf", "x")])
            #expect(answer.code == 403)
            #expect(try await world.signIn.account("v.durant").state == .active)
        }
    }
}
