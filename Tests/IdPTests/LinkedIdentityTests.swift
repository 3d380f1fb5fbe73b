import Federation
import Flow
import FoundationEssentials
import Messages
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("The identities that open an account (journeys.md §8.2 no. 9)")
struct LinkedIdentityTests {
    private func world(
        _ backend: Backend = .sqlite, _ body: (SignInWorld, StubUpstream) async throws -> Void
    ) async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(backend, upstreams: [stub.upstream()]) { world in
            try await body(world, stub)
        }
    }

    /// A browser at the provider, sent there from the account's page.
    private func away(_ world: SignInWorld) async throws -> (TestBrowser, state: String) {
        let browser = try await world.at(.identities)
        try await browser.submit(form: "link-form", [("action", "lier")])
        #expect(browser.step == "upstream")
        #expect(browser.shows("Je lie une identité à mon compte"))
        return (browser, try await browser.startAtUpstream())
    }

    private func links(_ world: SignInWorld) async throws -> [String] {
        let id = world.parent.account.id
        return try await world.test.store.read { try $0.upstreamLinks(of: id).map(\.subject) }
    }

    private func link(
        _ stub: StubUpstream, to account: Account.ID, _ world: SignInWorld
    )
        async throws
    {
        let link = UpstreamLink(
            issuer: StubUpstream.issuer, subject: stub.person.subject, account: account,
            createdAt: world.test.clock.now)
        try await world.test.store.write { try $0.link(link) }
    }

    @Test(
        "one more is linked by whom the provider vouches for under the same name; it opens the account then (SR-37)",
        arguments: Backend.available)
    func linked(_ backend: Backend) async throws {
        try await world(backend) { world, stub in
            let (browser, state) = try await away(world)
            let before = browser.cookies[world.test.desk.cookies.session]
            try await browser.comeBack(state)
            #expect(browser.path.hasPrefix("/compte/identites?avis=identite-liee."))
            #expect(browser.shows("L'identité est liée à votre compte"))
            #expect(browser.shows("FranceConnect"))
            #expect(try await links(world) == ["subject"])
            #expect(try await world.auditKinds().contains("linked"))
            let mail = try #require(
                try await world.mails().first { $0.subject.contains("identité liée") })
            #expect(mail.to.text == SignInWorld.address)
            #expect(browser.cookies[world.test.desk.cookies.session] != before, "SR-56")
            #expect(try await world.sessions().map(\.amr) == ["pwd"])
            let other = world.browser()
            try await other.open("/portail")
            try await other.comeBack(try await other.startAtUpstream())
            #expect(other.path == "/portail")
        }
    }

    @Test("what the provider keeps open in this browser ends with the session (J-O-14, SR-39)")
    func signOut() async throws {
        try await world { world, _ in
            let (browser, state) = try await away(world)
            try await browser.comeBack(state)
            let session = try #require(try await world.sessions().first)
            let kept = UpstreamSession(of: session, world.test.desk)
            #expect(kept?.idToken == "id token of subject")
        }
    }

    @Test("of somebody else's account is refused, and stays theirs (security history 2.26)")
    func taken() async throws {
        try await world { world, stub in
            let other = try await world.test.makeParent("p.loyez").account.id
            try await link(stub, to: other, world)
            let (browser, state) = try await away(world)
            try await browser.comeBack(state)
            #expect(browser.step == "upstream")
            #expect(browser.shows("est déjà liée à un autre compte"))
            #expect(browser.link("contact-link") != nil)
            #expect(try await links(world).isEmpty)
            #expect(try await world.auditKinds().contains("linkRefused"))
        }
    }

    @Test(
        "under another name is refused: a parent can't open the other's account for good",
        arguments: [
            ("DURANT", ["Xavier"]), ("LOYEZ", ["Valéry"]), ("DURANT", ["Marie", "Valéry"]),
        ])
    func otherName(_ family: String, _ given: [String]) async throws {
        try await world { world, stub in
            stub.person.familyName = family
            stub.person.givenNames = given
            let (browser, state) = try await away(world)
            try await browser.comeBack(state)
            #expect(browser.shows("ne sont pas ceux que l'école connaît de vous"))
            #expect(try await links(world).isEmpty)
        }
    }

    @Test("a provider that fails or is left links nothing, and may be tried again (J-A-26)")
    func failed() async throws {
        try await world { world, stub in
            let (browser, state) = try await away(world)
            stub.failure = .refused(code: "access_denied", description: "")
            try await browser.comeBack(state)
            #expect(browser.shows("n'a pas abouti"))
            stub.failure = nil
            try await browser.comeBack(try await browser.startAtUpstream())
            #expect(try await links(world) == ["subject"])
        }
    }

    @Test("« Annuler » leads back to the page, with nothing changed")
    func cancelled() async throws {
        try await world { world, _ in
            let browser = try await world.at(.identities)
            try await browser.submit(form: "link-form", [("action", "lier")])
            try await browser.submit([("action", "annuler")])
            #expect(browser.path == "/compte/identites")
            #expect(try await links(world).isEmpty)
        }
    }

    @Test(
        "nothing is linked once the session is over, however it ended (SR-65)",
        arguments: Backend.available, ["signed out", "password", "elsewhere"])
    func sessionOver(_ backend: Backend, _ end: String) async throws {
        try await world(backend) { world, _ in
            let (browser, state) = try await away(world)
            switch end {
            case "signed out": browser.plant(world.test.desk.cookies.session, nil)
            case "password":
                try await world.apply(.passwordChanged(passwordHash: "a hash"))
            default:
                let (session, now) = (
                    try #require(try await world.sessions().first), world.test.clock.now
                )
                try await world.test.store.write { try $0.end(session.id, .endedByUser, at: now) }
            }
            try await browser.comeBack(state)
            #expect(browser.step == "password", "asked to sign in, and nothing else")
            #expect(try await links(world).isEmpty)
        }
    }

    @Test(
        "needs the session's secret, not its name alone, which a page of the account shows (SR-56)")
    func sessionName() async throws {
        try await world { world, _ in
            let (browser, state) = try await away(world)
            let name = world.test.desk.cookies.session
            let token = try #require(
                OpaqueToken(browser.cookies[name] ?? "", kind: .session))
            let forged = OpaqueToken(
                kind: .session, selector: token.selector, verifier: token.verifier.reversed())
            browser.plant(name, try #require(forged).text)
            try await browser.comeBack(state)
            #expect(browser.step == "password")
            #expect(try await links(world).isEmpty)
        }
    }

    @Test("an answer serves once, and in the browser that asked alone (SR-35)")
    func otherBrowser() async throws {
        try await world { world, _ in
            let (_, state) = try await away(world)
            let thief = try await world.at(.portal)
            try await thief.comeBack(state)
            #expect(thief.answer?.code != 200)
            #expect(try await links(world).isEmpty)
        }
    }

    @Test("are out of reach of a session that one of them opened, and of an old sign-in (SR-58)")
    func notFresh() async throws {
        try await world { world, stub in
            let federated = try await world.atByFranceConnect(.security, stub)
            #expect(federated.text(of: "identities-hint") != nil)
            #expect(federated.link("manage-identities") == nil)
            try await federated.open("/compte/identites")
            #expect(federated.path == "/compte/securite")
            let browser = try await world.at(.security)
            world.test.clock.advance(by: world.test.desk.policy.freshSignIn + .seconds(1))
            try await browser.open("/compte/identites")
            #expect(browser.step == "password")
        }
    }

    @Test(
        "one is taken away: it opens the account no more, every other session ends, the owner is told",
        arguments: Backend.available)
    func unlinked(_ backend: Backend) async throws {
        try await world(backend) { world, stub in
            let federated = try await world.atByFranceConnect(.portal, stub)
            let browser = try await world.at(.identities)
            let form = try #require(
                TestForm.all(browser.text).first { $0.hidden.contains { $0.0 == "identity" } })
            try await browser.post(form.action, form.hidden + [("action", "retirer")])
            #expect(browser.path.hasPrefix("/compte/identites?avis=identite-retiree."))
            #expect(browser.shows("Aucune identité n'est liée à votre compte."))
            #expect(try await links(world).isEmpty)
            #expect(try await world.sessions().map(\.amr) == ["pwd"])
            try await federated.open("/compte")
            #expect(federated.step == "password")
            try await federated.comeBack(try await federated.startAtUpstream())
            #expect(federated.path.hasSuffix("/mobile-number"))
            #expect(try await world.mails().contains { $0.subject.contains("identité retirée") })
            #expect(try await world.auditKinds().contains("unlinked"))
            // The same form again finds nothing, and ends nothing.
            try await browser.post(form.action, form.hidden + [("action", "retirer")])
            #expect(try await world.sessions().count == 1)
        }
    }

    @Test("the last key stays: without an own password none is taken away")
    func lastKey() async throws {
        try await world { world, stub in
            let browser = try await world.at(.identities)
            try await link(stub, to: world.parent.account.id, world)
            try await browser.open("/compte/identites")
            let form = try #require(
                TestForm.all(browser.text).first { $0.hidden.contains { $0.0 == "identity" } })
            var account = try await world.row()
            account.passwordHash = nil
            let changed = account
            let now = world.test.clock.now
            try await world.test.store.write {
                try $0.replaceAccount(
                    changed, expectedRevision: changed.revision, ends: nil, at: now)
            }
            try await browser.post(form.action, form.hidden + [("action", "retirer")])
            #expect(browser.text(of: "no-password") != nil)
            #expect(try await links(world) == ["subject"])
        }
    }
}
