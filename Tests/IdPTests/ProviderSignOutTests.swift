import Federation
import Flow
import FoundationEssentials
import HTTPTypes
import LoopbackSupport
import Outgoing
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A sign-out of a parent who came by FranceConnect")
struct ProviderSignOutTests {
    @Test(
        "ends the session here first, then there, and leads on to the teleservice (J-O-14, SR-39)",
        arguments: Backend.available)
    func hinted(_ backend: Backend) async throws {
        try await LeavingParent.run(backend) { leaving in
            try await leaving.ask()
            let query = try #require(leaving.departure)
            #expect(query["id_token_hint"] == "id token of subject")
            let state = try #require(query["state"])
            #expect(!state.contains("teleservice"))
            let told = try await leaving.world.test.outboxRows().filter { $0.kind == .logout }
            #expect(told.map(\.client) == ["lsu"])
            #expect(try await !leaving.isSignedIn(), "before the browser has come back")
            let answer = try await leaving.comeBack([("state", state)])
            #expect(TestForm.refreshTarget(answer.text) == LeavingParent.back + "?state=x+y")
        }
    }

    @Test("that the person was asked about takes the same way, and ends on a link (J-O-14, SR-39)")
    func asked() async throws {
        try await LeavingParent.run { leaving in
            try await leaving.ask([
                ("client_id", "lsu"), ("post_logout_redirect_uri", LeavingParent.back),
                ("state", "s"),
            ])
            try await leaving.browser.submit([])
            let state = try #require(leaving.departure?["state"])
            let answer = try await leaving.comeBack([("state", state)])
            #expect(TestForm.refreshTarget(answer.text) == nil && answer.code == 200)
            #expect(answer.text.contains("Vous êtes déconnecté."))
            #expect(answer.text.contains("href=\"\(LeavingParent.back)?state=s\""))
        }
    }

    @Test("that nobody waits for ends on our own page (J §3.11)")
    func nowhere() async throws {
        try await LeavingParent.run { leaving in
            try await leaving.ask([])
            try await leaving.browser.submit([])
            let state = try #require(leaving.departure?["state"])
            leaving.expectSignedOutPage(try await leaving.comeBack([("state", state)]))
        }
    }

    @Test("takes no return but its own: none leads to an address from outside (SR-39, SR-02)")
    func foreign() async throws {
        let second = StubUpstream().upstream(id: "autre", name: "Autre")
        try await LeavingParent.run(others: [second]) { leaving in
            let evil = ("post_logout_redirect_uri", "https://evil.example.org/")
            try await leaving.ask()
            let state = try #require(leaving.departure?["state"])
            for query in [
                [], [("state", "")], [("state", "x")], [("state", "lsu"), evil], [evil],
                [("state", state + "A")], [("state", String(state.dropLast()))],
                [("state", state), ("state", state)], [("error", "server_error")],
            ] {
                leaving.expectSignedOutPage(try await leaving.comeBack(query))
            }
            leaving.expectSignedOutPage(
                try await leaving.browser.open("/franceconnect/deconnexion?state=%FF"))
            leaving.expectSignedOutPage(
                try await leaving.comeBack([("state", state)], to: "/autre/deconnexion"))
            let stranger = leaving.world.browser()
            try await stranger.open(try leaving.world.request())
            leaving.expectSignedOutPage(
                try await stranger.open(
                    "/franceconnect/deconnexion?" + Form.encode([("state", state)])))
            // It still holds for the browser that left with it.
            let answer = try await leaving.comeBack([("state", state), evil])
            #expect(TestForm.refreshTarget(answer.text) == LeavingParent.back + "?state=x+y")
        }
    }

    @Test("waits ten minutes for the browser (SR-39)")
    func expired() async throws {
        try await LeavingParent.run { leaving in
            try await leaving.ask()
            let state = try #require(leaving.departure?["state"])
            leaving.world.test.clock.advance(by: .seconds(599))
            let answer = try await leaving.comeBack([("state", state)])
            #expect(TestForm.refreshTarget(answer.text) == LeavingParent.back + "?state=x+y")
            leaving.world.test.clock.advance(by: .seconds(1))
            leaving.expectSignedOutPage(try await leaving.comeBack([("state", state)]))
        }
    }

    @Test("leads nowhere once the teleservice has given up that address (security history 2.4)")
    func givenUp() async throws {
        try await LeavingParent.run { leaving in
            try await leaving.ask()
            let state = try #require(leaving.departure?["state"])
            let now = leaving.world.test.clock.now
            try await leaving.world.test.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                var metadata = try RegisteredClient(client).metadata
                metadata.postLogoutRedirectURIs = []
                client.metadata = String(decoding: metadata.json.serialized(), as: UTF8.self)
                try writer.update(client, at: now)
            }
            leaving.world.test.desk.clients.forget("lsu")
            leaving.expectSignedOutPage(try await leaving.comeBack([("state", state)]))
        }
    }

    @Test("with a state too long to travel still ends there, and then stays with us")
    func tooLong() async throws {
        try await LeavingParent.run { leaving in
            let long = String(repeating: "s", count: 3000)
            try await leaving.ask(leaving.parameters.dropLast() + [("state", long)])
            let state = try #require(leaving.departure?["state"])
            #expect(state.utf8.count <= ProviderSignOut.stateByteCountMax)
            leaving.expectSignedOutPage(try await leaving.comeBack([("state", state)]))
        }
    }

    @Test(
        "goes straight on where the provider fails or ends no sessions (SR-39)",
        arguments: [
            FederationError.unavailable, .unreachable(.timedOut), .unreachable(.unreachable("")),
            .unusableMetadata("end_session_endpoint"), nil,
        ])
    func failing(_ failure: FederationError?) async throws {
        try await LeavingParent.run { leaving async throws in
            leaving.stub.failure = failure
            leaving.stub.endsSessions = false
            #expect(try await leaving.ask().headers[.location] == LeavingParent.back + "?state=x+y")
            leaving.stub.failure = nil
            #expect(try await !leaving.isSignedIn())
        }
    }

    @Test("that the person was asked about goes straight on where the provider fails (SR-39)")
    func askedFailing() async throws {
        try await LeavingParent.run { leaving in
            leaving.stub.failure = .unavailable
            try await leaving.ask([])
            let answer = try await leaving.browser.submit([])
            leaving.expectSignedOutPage(answer)
            leaving.stub.failure = nil
            #expect(try await !leaving.isSignedIn())
        }
    }

    @Test("goes straight on where the operator has closed or removed that door since (SR-39)")
    func closed() async throws {
        for upstreams in [[StubUpstream().upstream(isEnabled: false)], []] {
            try await LeavingParent.run { leaving in
                let browser = try leaving.browser(with: upstreams)
                let answer = try await browser.open("/logout?" + Form.encode(leaving.parameters))
                #expect(answer.headers[.location] == LeavingParent.back + "?state=x+y")
                #expect(try await !leaving.isSignedIn())
            }
        }
    }

    @Test("does not wait long for a provider that answers a byte at a time (SR-39, 5.13)")
    func slow() async throws {
        try await LeavingParent.run { leaving in
            let server = try LoopbackServer { _ in
                .trickle(byteCount: 200, everyMilliseconds: 100)
            }
            let reader = ConfigurationReader(
                [
                    "kind": "franceconnect", "id": "franceconnect",
                    "issuer": .string(server.base), "clientID": "educonnect",
                    "clientSecretEnv": "SECRET",
                ], folder: "/", prefix: "X", environment: ["SECRET": "s3cret"])
            var options = HTTPFetch.Options()
            options.totalTimeout = .milliseconds(350)
            let upstream = try Upstream(
                try #require(UpstreamConfiguration(reader, isOnLoopback: true)),
                origin: TestDesk.issuer, http: try HTTPFetch(options))
            let browser = try leaving.browser(with: [upstream])
            let time = try await ContinuousClock().measure {
                try await browser.open("/logout?" + Form.encode(leaving.parameters))
            }
            #expect(browser.answer?.headers[.location] == LeavingParent.back + "?state=x+y")
            #expect(time < .seconds(8) && server.connections == 1)
        }
    }

    @Test("is no word to a parent who is signed in: they are asked (SR-62)")
    func stillSignedIn() async throws {
        try await LeavingParent.run { leaving in
            let answer = try await leaving.comeBack([("state", "x")])
            #expect(answer.text.contains("Voulez-vous vous déconnecter"))
            #expect(!answer.text.contains("Vous êtes déconnecté."))
            #expect(try await leaving.isSignedIn())
        }
    }

    @Test("by the password alone goes to no provider")
    func password() async throws {
        try await LeavingParent.run { leaving in
            let browser = leaving.world.browser()
            try await browser.open(try leaving.world.request())
            try await browser.signIn()
            let hint = try #require(try await leaving.world.redeem(browser).string("id_token"))
            let answer = try await browser.open("/logout?" + Form.encode([("id_token_hint", hint)]))
            #expect(answer.text.contains("Vous êtes déconnecté."))
        }
    }
}
