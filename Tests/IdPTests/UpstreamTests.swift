import Federation
import Flow
import Foundation
import Outgoing
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A parent who comes by FranceConnect")
struct UpstreamTests {
    private func world(
        _ backend: Backend = .sqlite, _ body: (SignInWorld, StubUpstream) async throws -> Void
    ) async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(backend, upstreams: [stub.upstream()]) { world in
            try await body(world, stub)
        }
    }

    private func link(_ subject: String, to account: Account.ID, _ world: SignInWorld) async throws
    {
        let now = world.test.clock.now
        try await world.test.store.write {
            try $0.link(
                UpstreamLink(
                    issuer: StubUpstream.issuer, subject: subject, account: account,
                    createdAt: now))
        }
    }

    @Test("sees its button first, with its words, apart and explained (J-S-02, J-S-03, J-S-04)")
    func button() async throws {
        try await world { world, _ in
            let page = try await world.browser().open(try world.request()).text
            for words in [
                "J&#39;accède à mes services avec FranceConnect", "S&#39;identifier avec ",
                "FranceConnect</span>", "Qu&#39;est-ce que FranceConnect?",
                "href=\"https://franceconnect.gouv.fr\"", "OU",
            ] { #expect(page.contains(words), "\(words)") }
            let button = try #require(page.range(of: "id=\"sign-in-franceconnect\""))
            let field = try #require(page.range(of: "name=\"identifier\""))
            #expect(button.lowerBound < field.lowerBound)
        }
    }

    @Test(
        "is sent there, and back to the teleservice where the identity is linked (J-A-02, J-A-22, J-A-23)",
        arguments: Backend.available)
    func oneClick(_ backend: Backend) async throws {
        try await world(backend) { world, stub in
            try await link(stub.person.subject, to: world.parent.account.id, world)
            let browser = world.browser()
            try await browser.open(try world.request())
            let state = try await browser.startAtUpstream()
            #expect(state.contains("."))
            try await browser.comeBack(state)
            #expect(browser.callback?["code"] != nil)
            let claims = try await world.idToken(browser)
            #expect(claims.member("acr")?.string == "eidas1")
            #expect(claims.member("amr") == ["fed"])
        }
    }

    @Test("leaves with its session what the provider's sign-out needs, sealed")
    func hint() async throws {
        try await world { world, stub in
            try await link(stub.person.subject, to: world.parent.account.id, world)
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.comeBack(try await browser.startAtUpstream())
            let cookie = browser.cookies[world.test.desk.cookies.session] ?? ""
            let reference = try #require(OpaqueToken(cookie, kind: .session)?.reference)
            let now = world.test.clock.now
            let live = try await world.test.store.read { try $0.session(reference, at: now) }
            let session = try #require(live?.session)
            #expect(
                session.upstream.map { !String(decoding: $0, as: UTF8.self).contains("token") }
                    == true)
            let kept = UpstreamSession(of: session, world.test.desk)
            #expect(kept?.provider == "franceconnect")
            #expect(kept?.idToken == "id token of subject")
        }
    }

    @Test("is asked for the mobile number where nothing is linked yet (J-A-06, SR-37)")
    func unlinked() async throws {
        try await world { world, stub in
            stub.person.email = world.parent.account.email ?? ""
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.comeBack(try await browser.startAtUpstream())
            #expect(browser.callback == nil)
            #expect(browser.path.hasSuffix("/mobile-number"))
        }
    }

    @Test("signs in to the main account where the linked one was absorbed (J §3.2 step 5)")
    func absorbed() async throws {
        try await world { world, stub in
            try await world.test.makeAccount("v.durant", .active, password: "Parent2026")
            let other = try #require(
                try await world.test.store.read { try $0.account(identifier: "v.durant") })
            try await link(stub.person.subject, to: other.id, world)
            let main = try #require(
                try await world.test.store.read { try $0.account(world.parent.account.id) })
            let (id, now) = (
                world.test.desk.makeID(at: world.test.clock.now) as AccountMerge.ID,
                world.test.clock.now
            )
            try await world.test.store.write {
                try $0.absorb(
                    AccountMerge(
                        id: id, main: main.id, mainRevision: main.revision, absorbed: other.id,
                        absorbedRevision: other.revision), at: now)
            }
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.comeBack(try await browser.startAtUpstream())
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test(
        "who gave up, or whose provider failed, is back at the sign-in page with our own doors open (J-A-26, 5.14)",
        arguments: [
            FederationError.refused(code: "access_denied", description: "User auth aborted"),
            .idToken(JWTError(.wrongAudience)), .userInfo("status 500"), .unreachable(.timedOut),
            .insufficientLevel(nil), .issuerMismatch,
        ])
    func failed(_ failure: FederationError) async throws {
        try await world { world, stub in
            try await link(stub.person.subject, to: world.parent.account.id, world)
            let browser = world.browser()
            try await browser.open(try world.request())
            let state = try await browser.startAtUpstream()
            stub.failure = failure
            try await browser.comeBack(state)
            let page = browser.answer?.text ?? ""
            #expect(
                page.contains(
                    "La connexion avec FranceConnect n&#39;a pas abouti. Veuillez réessayer."))
            #expect(!page.contains("access_denied"))
            stub.failure = nil
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil, "the password opens as before")
        }
    }

    @Test("that is down says so and leaves the other doors open (5.13, J-A-26)")
    func unavailable() async throws {
        try await world { world, stub in
            stub.failure = .unreachable(.unreachable("refused"))
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.startAtUpstream()
            #expect(
                browser.answer?.text.contains("FranceConnect n&#39;est pas disponible") == true)
            stub.isUp = false
            let page = try await browser.open(browser.path).text
            #expect(!page.contains("sign-in-franceconnect"))
            #expect(page.contains("FranceConnect n&#39;est pas disponible pour le moment"))
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }

    @Test("can't use one return twice, nor another browser's (SR-35)", arguments: Backend.available)
    func singleUse(_ backend: Backend) async throws {
        try await world(backend) { world, stub in
            let browser = world.browser()
            try await browser.open(try world.request())
            let state = try await browser.startAtUpstream()
            let stranger = world.browser()
            try await stranger.open(try world.request())
            let answer = try await stranger.comeBack(state)
            #expect(answer.code == 403)
            #expect(stub.finished == 0, "nothing was redeemed for a stranger")
            try await browser.comeBack(state)
            #expect(browser.path.hasSuffix("/mobile-number"))
            try await browser.comeBack(state)
            #expect(stub.finished == 1)
            #expect(
                browser.path.hasSuffix("/mobile-number"), "a return shows where the flow stands")
        }
    }

    @Test(
        "sent back with another state, by nobody's start, or at another provider's address is not listened to (SR-35, 2.30)"
    )
    func unsolicited() async throws {
        let stub = StubUpstream()
        let upstreams = [stub.upstream(), stub.upstream(id: "autre")]
        try await SignInWorld.run(upstreams: upstreams) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let state = try await browser.startAtUpstream()
            let prefix = state.split(separator: ".")[0]
            try await browser.comeBack("\(prefix).forged")
            #expect(stub.finished == 0)
            try await browser.comeBack(state, to: "/autre/retour")
            #expect(stub.finished == 0)
            for nonsense in ["", "x", "x.y", "AAAAAAAAAAAAAAAAAAAAAA.y"] {
                let answer = try await browser.comeBack(nonsense)
                #expect([403, 410].contains(answer.code))
            }
            try await browser.comeBack(state)
            #expect(stub.finished == 1, "the honest return still counts")
        }
    }

    @Test("disabled while the browser was away signs nobody in (security history 2.29)")
    func disabled() async throws {
        let stub = StubUpstream()
        try await SignInWorld.run(upstreams: [stub.upstream(isEnabled: false)]) { world in
            let page = try await world.browser().open(try world.request()).text
            #expect(!page.contains("sign-in-franceconnect"))
        }
    }

    @Test(
        "for whom a level is asserted that nobody asked for is refused (SR-38)",
        arguments: [nil, "eidas9"])
    func level(_ acr: String?) async throws {
        try await world { world, stub in
            stub.person.acr = acr
            try await link(stub.person.subject, to: world.parent.account.id, world)
            let browser = world.browser()
            try await browser.open(try world.request())
            try await browser.comeBack(try await browser.startAtUpstream())
            #expect(browser.callback == nil)
            #expect(browser.answer?.text.contains("pas abouti") == true)
        }
    }
}
