import Flow
import FoundationEssentials
import HTTPTypes
import Serving
import Store
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

@Suite("A code at the token endpoint")
struct TokenCodeTests {
    @Test(
        "gives an access token and an ID token that verifies (oidcc-server, oidcc-idtoken-signature)",
        arguments: Algorithm.allCases)
    func redeemed(_ algorithm: Algorithm) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu") { $0.idTokenAlgorithm = algorithm }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            provider.clock.advance(by: .seconds(5))
            let code = try await provider.test.code(
                for: client, parent, in: session, scope: "openid profile", nonce: "n-0S6_WzA2Mj")
            let answer = try await provider.redeem(code)

            #expect(answer.code == 200)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.string("token_type") == "Bearer")
            #expect(answer.json.member("expires_in") == .integer(600))
            #expect(answer.string("scope") == "openid profile")
            #expect(answer.json.member("refresh_token") == nil)

            let text = try #require(answer.string("id_token"))
            let header = try JWS.parse(text).header
            #expect(header.algorithm == algorithm && header.keyID != nil)
            let claims = try IDTokenClaims.verified(
                text, keys: provider.test.desk.keys.current.published(at: provider.now),
                issuer: TestDesk.issuer, clientID: "lsu", nonce: "n-0S6_WzA2Mj",
                accessToken: answer.string("access_token"), at: provider.now)
            #expect(claims.subject == code.grant.subject)
            #expect(claims.authenticatedAt == session.authTime)
            #expect(claims.issuedAt == provider.now)
            #expect(claims.acr == "urn:educonnect:acr:password" && claims.amr == ["pwd"])
            #expect(claims.sessionID == code.grant.sid && claims.sessionID != nil)
            #expect(claims.accessTokenHash != nil)
        }
    }

    @Test(
        "is good once; its replay revokes what it gave (oidcc-codereuse, SR-15)",
        arguments: Backend.available)
    func replayed(_ backend: Backend) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let (first, code, _, _) = try await provider.signedIn(client)
            #expect(try await provider.userInfo(first.string("access_token")).code == 200)

            let second = try await provider.redeem(code)
            #expect(second.code == 400 && second.error == "invalid_grant")
            #expect(second.json.member("access_token") == nil)
            #expect(try await provider.userInfo(first.string("access_token")).code == 401)
            let refreshed = try await provider.refresh(first.string("refresh_token"), as: "lsu")
            #expect(refreshed.error == "invalid_grant")
            // Further replays revoke nothing, and leave no further trace.
            for _ in 0..<3 {
                #expect(try await provider.redeem(code).error == "invalid_grant")
            }
            let events = try await provider.store.read {
                try $0.auditEvents(of: nil, before: nil, limit: 10)
            }
            #expect(events.map(\.kind) == [.codeReplayed])
        }
    }

    @Test("is refused 30 s after its use too (oidcc-codereuse-30seconds)")
    func replayedLater() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let (_, code, _, _) = try await provider.signedIn(client)
            provider.clock.advance(by: .seconds(30))
            #expect(try await provider.redeem(code).error == "invalid_grant")
        }
    }

    @Test(
        "redeemed fifty times at once succeeds exactly once (security history 2.8)",
        arguments: Backend.available)
    func raced(_ backend: Backend) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            let client = try await provider.test.register("lsu")
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let codes = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<50 { group.addTask { try await provider.redeem(code) } }
                return try await group.reduce(into: [Int: Int]()) { counts, answer in
                    counts[answer.code, default: 0] += 1
                    if answer.code != 200 { #expect(answer.error == "invalid_grant") }
                }
            }
            #expect(codes == [200: 1, 400: 49])
        }
    }

    @Test(
        "of another client changes nothing (ensure-authorization-code-is-bound-to-client, 2.9)")
    func foreign() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            try await provider.test.register("other")
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let stolen = try await provider.redeem(code, as: "other")
            #expect(stolen.code == 400 && stolen.error == "invalid_grant")
            #expect(try await provider.redeem(code).code == 200)
        }
    }

    @Test(
        "with a wrong proof by the right client is spent (SR-16)",
        arguments: [
            [("redirect_uri", "https://teleservice.example.org/callback/")],
            [("redirect_uri", nil)],
            [("code_verifier", nil)],  // ensure-pkce-code-verifier-required
            [("code_verifier", "")],
            // incorrect-pkce-code-verifier-rejected
            [("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")],
            [("code_verifier", "too short")],
            [("code_verifier", String(repeating: "a", count: 129))],
        ] as [[(String, String?)]])
    func mismatched(_ changes: [(String, String?)]) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let wrong = try await provider.redeem(code, changing: changes)
            #expect(wrong.code == 400 && wrong.error == "invalid_grant")
            #expect(try await provider.redeem(code).error == "invalid_grant")
        }
    }

    @Test("asked for without PKCE is refused with a verifier (security history 2.10)")
    func stripped() async throws {
        try await ProviderEndpoints.run { provider async throws in
            var policy = ClientPolicy()
            policy.pkce = .legacy
            let client = try await provider.test.register("lsu", policy: policy)
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(
                for: client, parent, in: session, isProved: false)
            let answer = try await provider.redeem(
                code, changing: [("code_verifier", TestDesk.verifier)])
            #expect(answer.error == "invalid_grant")
            let plain = try await provider.test.code(
                for: client, parent, in: session, isProved: false)
            #expect(try await provider.redeem(plain).code == 200)
        }
    }

    @Test(
        "is refused from its 60th second on (ensure-token-endpoint-fails-with-expired-auth-code)",
        arguments: [(59, 200), (60, 400), (62, 400)])
    func expired(_ age: Int, _ status: Int) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            provider.clock.advance(by: .seconds(age))
            let answer = try await provider.redeem(code)
            #expect(answer.code == status)
            if status == 400 { #expect(answer.error == "invalid_grant") }
        }
    }

    @Test("of a session that has ended gives nothing (SR-15)")
    func ended() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let now = provider.now
            try await provider.store.write { _ = try $0.end(session.id, .signedOut, at: now) }
            #expect(try await provider.redeem(code).error == "invalid_grant")
        }
    }

    @Test(
        "that is no code of ours is refused (security history 2.19)",
        arguments: ["x", "ecc_", "ecc_" + String(repeating: "A", count: 64)])
    func unknown(_ text: String) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let (answer, code, _, _) = try await provider.signedIn(client)
            for wrong in [text, try #require(answer.string("access_token"))] {
                let refused = try await provider.redeem(code, changing: [("code", wrong)])
                #expect(refused.code == 400 && refused.error == "invalid_grant")
            }
            #expect(
                try await provider.redeem(code, changing: [("code", nil)]).error
                    == "invalid_request")
        }
    }

    @Test("of a public client is redeemed by its name and PKCE, never without")
    func publicClient() async throws {
        try await ProviderEndpoints.run { provider async throws in
            var policy = ClientPolicy()
            policy.pkce = .legacy
            let client = try await provider.test.register("app", policy: policy) {
                $0.authenticationMethod = .none
            }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let form = [
                ("grant_type", "authorization_code"), ("code", code.text), ("client_id", "app"),
                ("redirect_uri", code.redirectURI), ("code_verifier", TestDesk.verifier),
            ]
            #expect(try await provider.door.post("/token", form).code == 200)

            let unproved = try await provider.test.code(
                for: client, parent, in: session, isProved: false)
            let bare = [
                ("grant_type", "authorization_code"), ("code", unproved.text),
                ("client_id", "app"), ("redirect_uri", code.redirectURI),
            ]
            #expect(try await provider.door.post("/token", bare).error == "invalid_grant")
        }
    }

    @Test("is kept for later when nobody has time to sign: 503 with Retry-After (SR-66)")
    func busy() async throws {
        let pool = try WorkerPool(threads: 1, waiting: 0)
        try await ProviderEndpoints.run(signaturePool: pool) { provider async throws in
            let client = try await provider.test.register("lsu") { $0.idTokenAlgorithm = .rs256 }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            do {
                let place = try pool.place()
                let refused = try await provider.redeem(code)
                #expect(refused.code == 503 && refused.headers[.retryAfter] == "1")
                #expect(refused.error == "temporarily_unavailable")
                _ = place.self
            }
            #expect(try await provider.redeem(code).code == 200)
        }
    }
}
