import Federation
import FoundationEssentials
import LoopbackSupport
import Outgoing
import Serving
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("FranceConnect on a real socket, a byte at a time")
struct SlowUpstreamTests {
    private static let discovery = "/.well-known/openid-configuration"

    /// Its metadata, and one address at which the answer would take a quarter of an hour.
    private func provider(slowAt path: String) throws -> LoopbackServer {
        try LoopbackServer { request in
            if request.path == path { return .trickle(byteCount: 200, everyMilliseconds: 100) }
            guard request.path == Self.discovery, let host = request.headers["host"] else {
                return .silence
            }
            let base = "http://\(host)"
            return .json(
                """
                {"issuer": "\(base)", "authorization_endpoint": "\(base)/authorize",
                 "token_endpoint": "\(base)/token", "jwks_uri": "\(base)/jwks",
                 "userinfo_endpoint": "\(base)/userinfo",
                 "authorization_response_iss_parameter_supported": true}
                """)
        }
    }

    private func upstream(_ server: LoopbackServer, callTime: Duration) throws -> Upstream {
        let reader = ConfigurationReader(
            [
                "kind": "franceconnect", "id": "franceconnect", "issuer": .string(server.base),
                "clientID": "educonnect", "clientSecretEnv": "SECRET",
            ], folder: "/", prefix: "X", environment: ["SECRET": "s3cret"])
        var options = HTTPFetch.Options()
        options.totalTimeout = callTime
        return try Upstream(
            try #require(UpstreamConfiguration(reader, isOnLoopback: true)),
            origin: TestDesk.issuer, http: try HTTPFetch(options))
    }

    /// Each byte comes in time for a bound between bytes: only the bound of the whole call ends it, well
    /// before that of the exchange (10 s).
    @Test(
        "is given up when the call's time is over, and the page says so (reliability 5.13)",
        arguments: [
            (
                discovery,
                "FranceConnect n'est pas disponible pour le moment. Vous pouvez utiliser vos "
                    + "identifiants EduConnect ou réessayer plus tard."
            ), ("/token", "La connexion avec FranceConnect n'a pas abouti. Veuillez réessayer."),
        ])
    func trickles(_ path: String, _ words: String) async throws {
        let server = try provider(slowAt: path)
        let upstream = try upstream(server, callTime: .milliseconds(350))
        try await SignInWorld.run(upstreams: [upstream]) { world in
            let browser = world.browser()
            try await browser.open(try world.request())
            let time = try await ContinuousClock().measure {
                let state = try await browser.startAtUpstream()
                if path == Self.discovery { return }
                try await browser.comeBack(state, [("code", "c"), ("iss", server.base)])
            }
            #expect(time > .milliseconds(350) && time < .seconds(8))
            #expect(browser.words.contains(words))
            // Our own door stays open.
            try await browser.signIn()
            #expect(browser.callback?["code"] != nil)
        }
    }
}
