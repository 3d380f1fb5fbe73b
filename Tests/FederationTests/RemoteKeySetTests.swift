import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("The provider's keys")
struct RemoteKeySetTests {
    @Test("are fetched once and kept for an hour; so is the metadata")
    func kept() async throws {
        let desk = try Desk()
        for _ in 0..<3 { _ = try await desk.finish() }
        #expect(desk.provider.count("/jwks") == 1)
        #expect(desk.provider.count("/openid-configuration") == 1)
    }

    @Test(
        "are fetched again for an unknown kid (oidcc-client-test-signing-key-rotation-just-before-signing)"
    )
    func rotation() async throws {
        let desk = try Desk()
        _ = try await desk.finish()
        let (signer, jwk) = try StubProvider.key("key-2")
        desk.provider.change {
            $0.signer = signer
            $0.published = JWKSet($0.published.keys + [jwk])
        }
        // The first fetch was this very second: nobody's garbage may cause another before a minute
        // is over.
        #expect(try await desk.refusal() == .idToken(JWTError(.unknownKey)))
        #expect(try await desk.refusal(later: 59) == .idToken(JWTError(.unknownKey)))
        #expect(desk.provider.count("/jwks") == 1)
        #expect(try await desk.refusal(later: 60) == nil)
        #expect(desk.provider.count("/jwks") == 2)
    }

    @Test("are asked for at most once a minute, however many unknown kids come")
    func bounded() async throws {
        let desk = try Desk()
        _ = try await desk.finish()
        let (signer, _) = try StubProvider.key("key-unpublished")
        desk.provider.change { $0.signer = signer }
        for second in [60.0, 61, 90, 119] {
            #expect(try await desk.refusal(later: second) == .idToken(JWTError(.unknownKey)))
        }
        #expect(desk.provider.count("/jwks") == 2)
        #expect(try await desk.refusal(later: 120) == .idToken(JWTError(.unknownKey)))
        #expect(desk.provider.count("/jwks") == 3)
    }

    @Test("may stand without a kid where one fits (oidcc-client-test-kid-absent-single-jwks)")
    func withoutKid() async throws {
        let desk = try Desk()
        let signer = desk.provider.state.withLock { $0.signer }
        desk.provider.change { state in
            state.idToken = { claims in
                let header = Base64URL.encode(Array("{\"alg\":\"ES256\"}".utf8))
                let input = "\(header).\(Base64URL.encode(JSON.object(claims).serialized()))"
                return "\(input).\(Base64URL.encode(try signer.sign(Array(input.utf8))))"
            }
        }
        #expect(try await desk.refusal() == nil)
    }

    @Test("are refused where the answer is oversized, garbage or holds private keys")
    func refused() async throws {
        let desk = try Desk()
        desk.provider.fail("/jwks", .tooLarge)
        #expect(try await desk.refusal() == .unreachable(.tooLarge))
        for body in ["", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[{\"kty\":\"EC\",\"d\":\"AA\"}]}"]
        {
            let desk = try Desk()
            desk.provider.answer("/jwks", body)
            guard let error = try await desk.refusal() else {
                Issue.record("must be refused: \(body)")
                continue
            }
            switch error {
            case .unusableKeys, .idToken(JWTError(.unknownKey)): break
            default: Issue.record("\(error)")
            }
        }
    }

    @Test("serve on while the provider is down, and no longer than a day")
    func stale() async throws {
        let desk = try Desk()
        _ = try await desk.finish()
        desk.provider.fail("/jwks", .timedOut)
        desk.provider.fail("/.well-known/openid-configuration", .timedOut)
        func start(after seconds: TimeInterval) async throws {
            _ = try await desk.party.start(
                SignInWish(), at: desk.now.addingTimeInterval(seconds), random: desk.random)
        }
        try await start(after: 7200)
        await #expect(throws: FederationError.unreachable(.timedOut)) {
            try await start(after: 90_000)
        }
    }

    @Test("are fetched once for callers that come together")
    func together() async throws {
        let desk = try Desk()
        _ = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await desk.start() }
            }
            try await group.waitForAll()
        }
        #expect(desk.provider.count("/openid-configuration") == 1)
    }
}

@Suite("A logout token")
struct LogoutTokenTests {
    private func claims(_ desk: Desk) -> [String: JSON] {
        let seconds = Int64(desk.now.timeIntervalSince1970)
        return [
            "iss": .string(StubProvider.issuer), "aud": .string(StubProvider.clientID),
            "jti": "jti-1",
            "iat": .integer(seconds), "exp": .integer(seconds + 120), "sid": "session-1",
            "sub": "person-1",
            "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
        ]
    }

    @Test("is accepted (oidcc-client-test-rp-backchannel-rpinitlogout)")
    func accepted() async throws {
        let desk = try Desk()
        let signer = desk.provider.state.withLock { $0.signer }
        let text = try StubProvider.sign(claims(desk), signer, type: "logout+jwt")
        let token = try await desk.party.logoutToken(text, at: desk.now)
        #expect(token.sessionID == "session-1")
        #expect(token.subject == "person-1")
        #expect(token.id == "jti-1")
    }

    @Test(
        "is refused (oidcc-client-test-rp-backchannel-rpinitlogout-*, Back-Channel Logout 1.0 §2.6)",
        arguments: [
            ("iss", "https://evil.example.org"), ("aud", "somebody-else"), ("events", nil),
            ("events", ["http://example.org/other": [:]]), ("nonce", "n"), ("iat", nil),
        ] as [(String, JSON?)])
    func refused(_ name: String, _ value: JSON?) async throws {
        let desk = try Desk()
        let signer = desk.provider.state.withLock { $0.signer }
        var claims = claims(desk)
        claims[name] = value
        let text = try StubProvider.sign(claims, signer, type: "logout+jwt")
        do throws(FederationError) {
            _ = try await desk.party.logoutToken(text, at: desk.now)
            Issue.record("must be refused")
        } catch {
            guard case .logoutToken = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("is refused without a signature (…-alg-none)")
    func unsigned() async throws {
        let desk = try Desk()
        let header = Base64URL.encode(Array("{\"alg\":\"none\",\"typ\":\"logout+jwt\"}".utf8))
        let text = "\(header).\(Base64URL.encode(JSON.object(claims(desk)).serialized())).AAAA"
        await #expect(throws: FederationError.logoutToken(JWTError(.algorithmNotAllowed))) {
            try await desk.party.logoutToken(text, at: desk.now)
        }
    }
}
