import Flow
import FoundationEssentials
import Messages
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A regroupement")
struct RegroupingTests {
    @Test(
        "moves all the children of the other account and closes it (J-R-01, J-R-02, J-R-04 to J-R-09, J-R-11 to J-R-13, J-R-16, J-P-15)",
        arguments: Backend.available)
    func regroups(_ backend: Backend) async throws {
        try await RegroupingWorld.run(backend) { world in
            try await world.signIn.test.makePupil(
                "Léo", "DURAND", born: "2012-05-16", of: [world.otherRecord])
            let browser = try await world.signIn.at(.children)
            #expect(browser.shows(">Ajouter des enfants depuis un autre compte</a>"))
            try await browser.follow("regroup")
            #expect(browser.path == "/compte/regroupement")
            #expect(browser.shows("<h1>Recherchez le compte</h1>"))
            try await browser.submit([
                ("identifier", " V.Durant "), ("password", RegroupingWorld.otherPassword),
            ])
            #expect(browser.shows("Ajoutez tous les enfants de v.durant"))
            #expect(
                browser.shows("Tous les enfants suivants seront ajoutés sur le compte v.durant1."))
            #expect(browser.shows("Le compte v.durant ne sera plus utilisable."))
            for (name, birthDate) in [("Cassandre", "02/03/2017"), ("Léo", "16/05/2012")] {
                #expect(
                    browser.shows("<strong>\(name)</strong><p class=\"hint\">\(birthDate)</p>"))
                #expect(browser.shows("<li>le rattachement de \(name) au compte v.durant1</li>"))
            }
            #expect(browser.shows("<li>la fermeture du compte v.durant</li>"))
            #expect(browser.shows("id=\"regroup\">Ajouter</button>"))
            // Nothing has happened yet.
            #expect(try await world.signIn.account("v.durant").state == .active)
            try await browser.submit(form: "regroup-form")
            #expect(browser.path.hasPrefix("/compte/enfants"))
            for name in ["Alexis", "Cassandre", "Léo"] {
                #expect(browser.shows("<strong>\(name)</strong>"), "at once")
            }
            #expect(Set(try await world.children()) == ["Alexis", "Cassandre", "Léo"])
            #expect(try await world.children(of: world.other.account).isEmpty)
            let closed = try await world.signIn.account("v.durant")
            #expect(closed.state == .closed && closed.mergedInto == world.signIn.parent.account.id)
            try await browser.open("/portail")
            for name in ["Alexis", "Cassandre", "Léo"] {
                #expect(browser.shows(">DURAND \(name)</span>"))
            }
        }
    }

    @Test(
        "joins accounts of one school, of two schools, and of two academies (J-R-14)",
        arguments: [nil, "LILLE", "TOULOUSE"])
    func academies(_ academy: String?) async throws {
        try await RegroupingWorld.run { world in
            if let academy {
                let test = world.signIn.test
                try await test.makePupil(
                    "Léo", "DURAND", born: "2012-05-16", at: .victorHugo, of: [world.otherRecord])
                try await test.store.write {
                    try $0.upsert(
                        School(
                            uai: "0590002B", name: "Collège Victor Hugo", academy: academy,
                            sector: .public))
                }
            }
            let browser = try await world.atQuestion()
            try await browser.submit(form: "regroup-form")
            let joined = ["Alexis", "Cassandre"] + (academy == nil ? [] : ["Léo"])
            #expect(Set(try await world.children()) == Set(joined))
            try await browser.open("/portail")
            #expect(browser.shows("<h2>Collège Victor Hugo</h2>") == (academy != nil))
        }
    }

    @Test("can be done again, for each further account (J-R-15)", arguments: Backend.available)
    func again(_ backend: Backend) async throws {
        try await RegroupingWorld.run(backend) { world in
            let test = world.signIn.test
            let hash = try test.hash("Encore2026")
            let third = try await test.makeRecord(
                "v.durant2", civility: "Mme", firstName: "Valéry", lastName: "DURANT"
            ) { account, _ in
                account.state = .active
                account.passwordHash = hash
            }
            try await test.makePupil("Léo", "DURAND", born: "2012-05-16", of: [third])
            let browser = try await world.atQuestion()
            try await browser.submit(form: "regroup-form")
            try await browser.follow("regroup")
            try await browser.submit([("identifier", "v.durant2"), ("password", "Encore2026")])
            #expect(browser.shows("Le compte v.durant2 ne sera plus utilisable."))
            try await browser.submit(form: "regroup-form")
            #expect(Set(try await world.children()) == ["Alexis", "Cassandre", "Léo"])
            for closed in ["v.durant", "v.durant2"] {
                #expect(try await world.signIn.account(closed).state == .closed)
            }
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
            let search = try await world.atSearch()
            #expect(search.shows("id=\"cancel\">Annuler</a>"))
            #expect(search.link("cancel") == "/compte/enfants")
            let browser = try await world.atQuestion()
            #expect(browser.shows("id=\"cancel\">Annuler</a>"))
            try await browser.follow("cancel")
            #expect(browser.path == "/compte/enfants" && !browser.shows("Cassandre"))
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
}
