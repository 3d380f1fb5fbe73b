import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("What FranceConnect answers")
struct FranceConnectRefusalTests {
    private static let now = Int64(1_700_000_000)

    @Test("is refused without iss, whatever the metadata say, and with another's (SR-36, 2.30)")
    func issuer() async throws {
        let desk = try FranceConnectDesk()
        desk.provider.change {
            $0.metadata["authorization_response_iss_parameter_supported"] = nil
        }
        #expect(try await desk.refusal { $0.remove(at: 2) } == .issuerMismatch)
        #expect(try await desk.refusal { $0[2].1 += "/" } == .issuerMismatch)
        #expect(try await desk.refusal { $0[1].1 += "x" } == .stateMismatch)
        #expect(desk.provider.count("/token") == 0)
        // An error without `iss` is nobody's word either.
        let unsigned = try await desk.refusal { parameters in
            parameters[0] = ("error", "access_denied")
            parameters.remove(at: 2)
        }
        #expect(unsigned == .issuerMismatch)
        #expect(
            try await desk.refusal { $0[0] = ("error", "access_denied") }
                == .refused(code: "access_denied", description: ""))
    }

    private func refusal(
        _ wish: SignInWish = SignInWish(), later: TimeInterval = 0,
        _ change: @escaping @Sendable (inout [String: JSON]) -> Void
    ) async throws -> FederationError? {
        let desk = try FranceConnectDesk()
        desk.provider.change { $0.claims = change }
        return try await desk.refusal(wish, later: later)
    }

    @Test(
        "is refused as an ID token with another nonce, audience or issuer, or a stale one (SR-36)")
    func idToken() async throws {
        let now = Self.now
        let table: [(String, JSON?, JWTError.Code)] = [
            ("nonce", "another", .wrongNonce), ("nonce", nil, .wrongNonce),
            ("aud", "somebody-else", .wrongAudience),
            ("iss", "https://evil.example.org", .wrongIssuer),
            ("aud", .array([.string(StubProvider.clientID), "other"]), .wrongAudience),
            ("exp", .integer(now - 60), .expired), ("exp", nil, .missingClaim),
            ("iat", .integer(now + 61), .issuedInFuture), ("iat", .integer(now - 121), .tooOld),
            ("sub", "", .malformedClaim), ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", .wrongHash),
        ]
        for (name, value, code) in table {
            let error = try await refusal { $0[name] = value }
            guard case .idToken(let cause)? = error else {
                Issue.record("\(name) \(String(describing: value)) must be refused")
                continue
            }
            #expect(cause.code == code, "\(name) \(String(describing: value))")
        }
    }

    @Test("may differ by a minute from our clock, and no more")
    func clocks() async throws {
        let now = Self.now
        // Their clock is a minute ahead, or behind: 60 s to live, counted from then.
        #expect(
            try await refusal {
                $0["iat"] = .integer(now + 60)
                $0["exp"] = .integer(now + 120)
            } == nil)
        #expect(
            try await refusal {
                $0["iat"] = .integer(now - 119)
                $0["exp"] = .integer(now - 59)
            } == nil)
        // A far exp makes no old token new.
        #expect(
            try await refusal {
                $0["iat"] = .integer(now - 121)
                $0["exp"] = .integer(now + 3600)
            } == .idToken(JWTError(.tooOld, "iat")))
    }

    @Test("is refused at another level than asked for, or at none (SR-38)")
    func level() async throws {
        #expect(try await refusal { $0["acr"] = nil } == .insufficientLevel(nil))
        #expect(try await refusal { $0["acr"] = "eidas2" } == .insufficientLevel("eidas2"))
        #expect(
            try await refusal(SignInWish(acrValues: ["eidas2"])) { _ in }
                == .insufficientLevel("eidas1"))
    }

    @Test(
        "is refused where it is signed with our secret, by nobody, or in an algorithm not agreed on"
    )
    func algorithms() async throws {
        for (algorithm, key) in [("none", ""), ("HS256", "s e/c+r:et")] {
            let desk = try FranceConnectDesk()
            desk.provider.change { $0.idToken = { try Self.forged($0, algorithm, key) } }
            #expect(try await desk.refusal() == .idToken(JWTError(.algorithmNotAllowed)))
            let other = try FranceConnectDesk()
            let claims: [String: JSON] = ["sub": "person-1"]
            other.provider.answer(
                "/userinfo", try Self.forged(claims, algorithm, key), type: "application/jwt")
            #expect(try await other.refusal() == .userInfo("algorithmNotAllowed"))
        }
        for algorithm in Algorithm.allCases where algorithm != .es256 && algorithm != .rs256 {
            let desk = try FranceConnectDesk(algorithm: algorithm)
            #expect(try await desk.refusal() == .idToken(JWTError(.algorithmNotAllowed)))
        }
    }

    private static func forged(
        _ claims: [String: JSON], _ algorithm: String, _ key: String
    ) throws -> String {
        let header = Base64URL.encode(Array("{\"alg\":\"\(algorithm)\",\"kid\":\"key-1\"}".utf8))
        let input = "\(header).\(Base64URL.encode(JSON.object(claims).serialized()))"
        let tag = HMAC.sha256(key: Array(key.utf8), message: Array(input.utf8))
        return "\(input).\(Base64URL.encode(tag))"
    }

    @Test("is refused as UserInfo of another person, audience, issuer, time or key (SR-36)")
    func userInfo() async throws {
        let now = Self.now
        let table: [(String, JSON?, FederationError)] = [
            ("sub", "person-2", .subjectMismatch), ("sub", nil, .subjectMismatch),
            ("aud", "somebody-else", .userInfo("wrongAudience")),
            ("aud", nil, .userInfo("missingClaim")),
            (
                "aud", .array([.string(StubProvider.clientID), "other"]), .userInfo("wrongAudience")
            ),
            ("iss", "https://evil.example.org", .userInfo("wrongIssuer")),
            ("iss", nil, .userInfo("missingClaim")),
            ("exp", nil, .userInfo("missingClaim")),
            ("exp", .integer(now - 60), .userInfo("expired")),
            ("iat", nil, .userInfo("missingClaim")),
            ("iat", .integer(now - 121), .userInfo("tooOld")),
        ]
        for (name, value, expected) in table {
            let desk = try FranceConnectDesk()
            desk.provider.change { $0.signedUserInfo = { $0[name] = value } }
            #expect(try await desk.refusal() == expected, "\(name) \(String(describing: value))")
        }
        let desk = try FranceConnectDesk()
        let stranger = try StubProvider.key("key-1").0
        desk.provider.answer(
            "/userinfo", try StubProvider.sign(["sub": "person-1"], stranger),
            type: "application/jwt")
        #expect(try await desk.refusal() == .userInfo("badSignature"))
    }

    @Test(
        "is refused as UserInfo in an algorithm not agreed on, by a key that it publishes (SR-36)")
    func userInfoAlgorithm() async throws {
        let desk = try FranceConnectDesk()
        let (signer, key) = try StubProvider.key("key-2", .ps256)
        desk.provider.change { $0.published = JWKSet($0.published.keys + [key]) }
        desk.provider.answer(
            "/userinfo", try StubProvider.sign(["sub": "person-1"], signer),
            type: "application/jwt")
        #expect(try await desk.refusal() == .userInfo("algorithmNotAllowed"))
    }

    @Test("is refused as UserInfo that isn't signed, is garbage, too large, or says a thing twice")
    func unsigned() async throws {
        let desk = try FranceConnectDesk()
        desk.provider.answer("/userinfo", #"{"sub":"person-1"}"#)
        #expect(try await desk.refusal() == .userInfo("media type application/json"))
        desk.provider.answer("/userinfo", #"{"sub":"person-1"}"#, type: "application/jwt")
        #expect(try await desk.refusal() == .userInfo("malformed"))
        desk.provider.answer("/userinfo", "<html>", type: "text/html")
        #expect(try await desk.refusal() == .userInfo("media type text/html"))
        desk.provider.fail("/userinfo", .tooLarge)
        #expect(try await desk.refusal() == .unreachable(.tooLarge))
        desk.provider.answer("/userinfo", status: 500, "")
        #expect(try await desk.refusal() == .providerFailed(status: 500))
        let signer = desk.provider.state.withLock { $0.signer }
        let twice = #"{"iss":"https://op.example.org","sub":"person-2","sub":"person-1"}"#
        desk.provider.answer(
            "/userinfo", try JWS.compact(payload: Array(twice.utf8), signer: signer),
            type: "application/jwt")
        #expect(try await desk.refusal() == .userInfo("malformed"))
        let without = try FranceConnectDesk()
        without.provider.change { $0.metadata["userinfo_endpoint"] = nil }
        #expect(
            try await without.refusal() == .unusableMetadata("userinfo_endpoint is missing"))
    }
}
