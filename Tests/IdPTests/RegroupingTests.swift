import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// Mme Valéry DURANT with two accounts: `v.durant1` has Alexis, `v.durant` has Cassandre.
struct RegroupingWorld {
    let signIn: SignInWorld
    let other: SampleParent

    static let otherPassword = "Autre2026"

    static func run(
        _ backend: Backend = .sqlite, _ body: (RegroupingWorld) async throws -> Void
    ) async throws {
        try await SignInWorld.run(backend) { world in
            let now = world.test.clock.now
            let account = Account(
                id: world.test.desk.makeID(at: now), identifier: "v.durant", state: .active,
                origin: .school, passwordHash: try world.test.hash(otherPassword),
                email: "valery1.durant@example.org", createdAt: now, updatedAt: now)
            let guardian = Guardian(
                id: world.test.desk.makeID(at: now), sourceKey: "v.durant", account: account.id,
                civility: "Mme", lastName: "DURANT", firstName: "Valéry", updatedAt: now)
            try await world.test.store.write { writer in
                try writer.insert(account)
                try writer.upsert(guardian)
            }
            let child = try await world.test.makeChild("Cassandre", of: guardian)
            try await body(
                RegroupingWorld(
                    signIn: world,
                    other: SampleParent(account: account, guardian: guardian, child: child)))
        }
    }

    /// At REG-1.
    func atSearch() async throws -> TestBrowser { try await signIn.at(.regrouping) }

    /// What REG-1 makes of this.
    func searched(_ identifier: String, _ password: String) async throws -> TestBrowser {
        let browser = try await atSearch()
        try await browser.submit([("identifier", identifier), ("password", password)])
        return browser
    }

    func atQuestion() async throws -> TestBrowser {
        try await searched("v.durant", Self.otherPassword)
    }

    func children() async throws -> [String] {
        let (account, now) = (signIn.parent.account.id, signIn.test.clock.now)
        return try await signIn.test.store.read {
            try $0.family(of: account, at: now).children.map(\.view.child.firstName)
        }
    }
}

@Suite("A regroupement")
struct RegroupingTests {
    @Test(
        "moves all the children of the other account and closes it (J-R-01, J-R-02, J-R-05 to J-R-09, J-R-11 to J-R-13, J-R-16, J-P-15)",
        arguments: Backend.available)
    func regroups(_ backend: Backend) async throws {
        try await RegroupingWorld.run(backend) { world in
            let browser = try await world.atSearch()
            #expect(browser.shows("Recherchez le compte"))
            try await browser.submit([
                ("identifier", " V.Durant "), ("password", RegroupingWorld.otherPassword),
            ])
            #expect(browser.shows("Ajoutez tous les enfants de v.durant"))
            #expect(
                browser.shows("Tous les enfants suivants seront ajoutés sur le compte v.durant1."))
            #expect(browser.shows("Le compte v.durant ne sera plus utilisable."))
            #expect(browser.shows("Cassandre") && browser.shows("02/03/2017"))
            #expect(browser.shows("le rattachement de Cassandre au compte v.durant1"))
            #expect(browser.shows("la fermeture du compte v.durant"))
            // Nothing has happened yet.
            #expect(try await world.signIn.account("v.durant").state == .active)
            try await browser.submit(form: "regroup-form")
            #expect(browser.path.hasPrefix("/compte/enfants"))
            #expect(try await world.children() == ["Alexis", "Cassandre"])
            let closed = try await world.signIn.account("v.durant")
            #expect(closed.state == .closed && closed.mergedInto == world.signIn.parent.account.id)
            try await browser.open("/portail")
            #expect(browser.shows("DURAND Alexis") && browser.shows("DURAND Cassandre"))
        }
    }

    @Test("refuses the other identifier at sign-in from then on (J-R-12, J-S-19)")
    func closedAtSignIn() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            try await browser.submit(form: "regroup-form")
            let another = try await world.signIn.at(
                .portal, "v.durant", RegroupingWorld.otherPassword)
            #expect(
                another.shows(
                    "Ce compte n'est plus utilisable. Connectez-vous avec votre compte principal."))
        }
    }

    @Test("ends the other account's sessions, and tells both addresses (SR-47, security.md 4.17)")
    func endsAndTells() async throws {
        try await RegroupingWorld.run { world in
            let theirs = try await world.signIn.at(
                .portal, "v.durant", RegroupingWorld.otherPassword)
            #expect(theirs.path == "/portail")
            let browser = try await world.atQuestion()
            try await browser.submit(form: "regroup-form")
            try await theirs.open("/portail")
            #expect(theirs.path.hasPrefix("/authorize/"))
            let mails = try await world.signIn.mails().filter {
                $0.subject.contains("regroupement de comptes")
            }
            #expect(
                Set(mails.map(\.to.text)) == [
                    "valery.durant@example.org", "valery1.durant@example.org",
                ])
            #expect(mails.allSatisfy { $0.text.contains("14/02/2026") })
            #expect(mails.allSatisfy { !$0.text.contains("v.durant1") })
        }
    }

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

    @Test("takes an account that was never activated by its letter's password (J-R-03)")
    func notActivated() async throws {
        try await RegroupingWorld.run { world in
            let (test, id) = (world.signIn.test, world.other.account.id)
            let letter = ProvisionalPassword(hash: try test.hash("BUNZ57DM"), sealed: [1])
            let now = test.clock.now
            try await test.store.write { writer in
                guard var account = try writer.account(id) else { return }
                let revision = account.revision
                account.state = .notNotified
                account.passwordHash = nil
                account = try AccountChange(
                    .notified(letter), of: account, test.desk.policy, at: now
                ).account
                try writer.replaceAccount(account, expectedRevision: revision, ends: nil, at: now)
            }
            let browser = try await world.searched("v.durant", "BUNZ57DM")
            try await browser.submit(form: "regroup-form")
            #expect(try await world.children() == ["Alexis", "Cassandre"])
        }
    }

    @Test("can be cancelled until « Ajouter » (J-R-10)")
    func cancelled() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            #expect(browser.text.contains("href=\"/compte/enfants\" id=\"cancel\""))
            try await browser.open("/compte/enfants")
            #expect(try await world.signIn.account("v.durant").state == .active)
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

    @Test(
        "of two posts at once one is done (SR-65)",
        arguments: Backend.available)
    func atOnce(_ backend: Backend) async throws {
        try await RegroupingWorld.run(backend) { world in
            let browser = try await world.atQuestion()
            let form = try #require(TestForm.all(browser.text).last)
            let others = [world.signIn.browser(), world.signIn.browser()]
            for other in others { other.copyCookies(of: browser) }
            async let one = others[0].send(form.action, form.hidden)
            async let two = others[1].send(form.action, form.hidden)
            _ = try await (one, two)
            let kinds = try await world.signIn.auditKinds(of: world.other.account.id)
            #expect(kinds.filter { $0 == "absorbed" }.count == 1)
        }
    }

    @Test("is not gone on with once the directory has other names (security history 2.25)")
    func renamed() async throws {
        try await RegroupingWorld.run { world in
            let browser = try await world.atQuestion()
            var record = world.other.guardian
            record.lastName = "MARTIN"
            let renamed = record
            try await world.signIn.test.store.write { try $0.upsert(renamed) }
            try await browser.submit(form: "regroup-form")
            #expect(browser.shows("L'un des deux comptes a changé"))
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

    @Test("counts a child of both accounts once, and shows that it is known (J §3.7.3 no. 5)")
    func duplicate() async throws {
        try await RegroupingWorld.run { world in
            let (guardian, child) = (world.other.guardian.id, world.signIn.parent.child.id)
            try await world.signIn.test.store.write {
                try $0.upsert(
                    ChildLink(guardian: guardian, child: child, legalLevel: .representative))
            }
            let browser = try await world.atQuestion()
            #expect(browser.shows("Déjà rattaché à votre compte"))
            try await browser.submit(form: "regroup-form")
            #expect(try await world.children() == ["Alexis", "Cassandre"])
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
