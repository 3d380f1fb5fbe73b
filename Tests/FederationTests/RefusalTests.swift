import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("A provider's response")
struct ResponseRefusalTests {
    @Test("is refused with another state, or none (oidcc-client-test, SR-35)")
    func state() async throws {
        let desk = try Desk()
        #expect(try await desk.refusal { $0[1].1 += "x" } == .stateMismatch)
        #expect(try await desk.refusal { $0[1].1 = "" } == .stateMismatch)
        #expect(try await desk.refusal { $0.remove(at: 1) } == .stateMismatch)
        #expect(desk.provider.count("/token") == 0)
    }

    @Test("is refused with another issuer, or none where announced (RFC 9207, security.md 2.30)")
    func issuer() async throws {
        let desk = try Desk()
        #expect(try await desk.refusal { $0[2].1 = "https://evil.example.org" } == .issuerMismatch)
        #expect(try await desk.refusal { $0[2].1 = StubProvider.issuer + "/" } == .issuerMismatch)
        #expect(try await desk.refusal { $0.remove(at: 2) } == .issuerMismatch)
        let older = try Desk()
        older.provider.change {
            $0.metadata["authorization_response_iss_parameter_supported"] = nil
        }
        #expect(try await older.refusal { $0.remove(at: 2) } == nil)
        #expect(try await older.refusal { $0[2].1 = "https://evil.example.org" } == .issuerMismatch)
    }

    @Test("is refused where the sign-in was begun at another issuer")
    func mixUp() async throws {
        let desk = try Desk()
        let pending = try await desk.start().pending
        let foreign = PendingSignIn(
            issuer: "https://other.example.org", state: pending.state, nonce: pending.nonce,
            verifier: pending.verifier, wish: pending.wish, expiresAt: pending.expiresAt)
        let form = Form([("code", "c"), ("state", pending.state), ("iss", StubProvider.issuer)])
        await #expect(throws: FederationError.stateMismatch) {
            try await desk.party.finish(form, foreign, at: desk.now, random: desk.random)
        }
    }

    @Test("is refused when it comes too late")
    func late() async throws {
        let desk = try Desk()
        #expect(try await desk.refusal(later: 7200) == .expired)
    }

    @Test(
        "is refused with a parameter twice (RFC 6749 §3.1)",
        arguments: ["code", "state", "iss", "error"])
    func twice(_ name: String) async throws {
        let desk = try Desk()
        let error = try await desk.refusal { parameters in
            let value = parameters.first { $0.0 == name }?.1 ?? "x"
            parameters += [(name, value), (name, value)]
        }
        #expect(error == .malformedResponse("\(name) comes twice"))
    }

    @Test("carries the provider's own refusal on, but only from the right provider (SR-38)")
    func refused() async throws {
        let desk = try Desk()
        let error = try await desk.refusal {
            $0[0] = ("error", "access_denied")
            $0.append(("error_description", "no"))
        }
        #expect(error == .refused(code: "access_denied", description: "no"))
        #expect(
            try await desk.refusal {
                $0[0] = ("error", "access_denied")
                $0[2].1 = "https://evil.example.org"
            } == .issuerMismatch)
    }

    @Test("is refused without a code, or with an endless one")
    func code() async throws {
        let desk = try Desk()
        #expect(try await desk.refusal { $0.remove(at: 0) } == .malformedResponse("no code"))
        #expect(try await desk.refusal { $0[0].1 = "" } == .malformedResponse("no code"))
        #expect(
            try await desk.refusal { $0[0].1 = String(repeating: "c", count: 5000) }
                == .malformedResponse("no code"))
    }
}

@Suite("An ID token")
struct IDTokenRefusalTests {
    private func refusal(
        _ wish: SignInWish = SignInWish(),
        _ change: @escaping @Sendable (inout [String: JSON]) -> Void
    ) async throws -> FederationError? {
        let desk = try Desk()
        desk.provider.change { $0.claims = change }
        return try await desk.refusal(wish)
    }

    @Test(
        "is refused with a claim that is wrong or missing (the modules oidcc-client-test-invalid-* and -missing-*)"
    )
    func claims() async throws {
        let now = Int64(1_700_000_000)
        let table: [(String, JSON?, JWTError.Code)] = [
            ("iss", "https://evil.example.org", .wrongIssuer),
            ("iss", nil, .missingClaim),
            ("aud", "somebody-else", .wrongAudience),
            ("aud", nil, .missingClaim),
            ("aud", .array([.string(StubProvider.clientID), "somebody-else"]), .wrongAudience),
            ("azp", "somebody-else", .wrongAudience),
            ("sub", nil, .missingClaim),
            ("iat", nil, .missingClaim),
            ("exp", nil, .missingClaim),
            ("exp", .integer(now - 60), .expired),
            ("iat", .integer(now + 600), .issuedInFuture),
            ("nonce", "another", .wrongNonce),
            ("nonce", nil, .wrongNonce),
            ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", .wrongHash),
        ]
        for (name, value, code) in table {
            let error = try await refusal { $0[name] = value }
            guard case .idToken(let cause)? = error else {
                Issue.record("\(name) \(String(describing: value)): \(String(describing: error))")
                continue
            }
            #expect(cause.code == code || name == "azp" || value == nil, "\(name): \(cause)")
        }
    }

    @Test("is refused where it was made for another client too, even if it names us as the party")
    func secondAudience() async throws {
        let error = try await refusal {
            $0["aud"] = .array([.string(StubProvider.clientID), "somebody-else"])
            $0["azp"] = .string(StubProvider.clientID)
        }
        #expect(error == .idToken(JWTError(.wrongAudience)))
    }

    @Test("is accepted with its audience as an array of one, and the right at_hash")
    func accepted() async throws {
        #expect(try await refusal { $0["aud"] = .array([.string(StubProvider.clientID)]) } == nil)
        #expect(
            try await refusal {
                $0["at_hash"] = .string(IDTokenClaims.leftHash(of: "access-1", .es256))
            } == nil)
    }

    @Test("is refused below the level asked for, and for a sign-in too long ago (SR-38)")
    func level() async throws {
        #expect(
            try await refusal(SignInWish(acrValues: ["level-2"])) { _ in }
                == .insufficientLevel("level-1"))
        #expect(
            try await refusal(SignInWish(acrValues: ["level-1"])) { $0["acr"] = nil }
                == .insufficientLevel(nil))
        #expect(try await refusal(SignInWish(maxAge: .seconds(5))) { _ in } == .tooLongAgo)
        #expect(
            try await refusal(SignInWish(maxAge: .seconds(60))) { $0["auth_time"] = nil }
                == .tooLongAgo)
        #expect(try await refusal(SignInWish(maxAge: .seconds(60))) { _ in } == nil)
    }

    private func refusal(
        token: @escaping @Sendable ([String: JSON]) throws -> String
    ) async throws -> FederationError? {
        let desk = try Desk()
        desk.provider.change { $0.idToken = token }
        return try await desk.refusal()
    }

    @Test("is refused without a signature (oidcc-client-test-idtoken-sig-none)")
    func none() async throws {
        for (signature, code) in [("AAAA", JWTError.Code.algorithmNotAllowed), ("", .malformed)] {
            let error = try await refusal { claims in
                let header = Base64URL.encode(Array("{\"alg\":\"none\"}".utf8))
                return
                    "\(header).\(Base64URL.encode(JSON.object(claims).serialized())).\(signature)"
            }
            #expect(error == .idToken(JWTError(code)))
        }
    }

    @Test(
        "is refused where the secret or the public key signed it by HMAC (oidcc-client-test-invalid-sig-hs256)"
    )
    func hmac() async throws {
        let error = try await refusal { claims in
            let header = Base64URL.encode(Array("{\"alg\":\"HS256\",\"kid\":\"key-1\"}".utf8))
            let input = "\(header).\(Base64URL.encode(JSON.object(claims).serialized()))"
            let tag = HMAC.sha256(key: Array("s e/c+r:et".utf8), message: Array(input.utf8))
            return "\(input).\(Base64URL.encode(tag))"
        }
        #expect(error == .idToken(JWTError(.algorithmNotAllowed)))
    }

    @Test(
        "is refused with another key's signature under a known kid (oidcc-client-test-invalid-sig-es256)"
    )
    func forged() async throws {
        let error = try await refusal { claims in
            try StubProvider.sign(claims, try StubProvider.key("key-1").0)
        }
        #expect(error == .idToken(JWTError(.badSignature)))
    }

    @Test(
        "is refused where it is no token at all",
        arguments: ["", "a", "a.b.c", "..", "{}", "e30.e30.e30"])
    func garbage(_ text: String) async throws {
        guard case .idToken? = try await refusal(token: { _ in text }) else {
            Issue.record("must be refused: \(text)")
            return
        }
    }

    @Test("is refused in an algorithm that the configuration leaves out")
    func pinned() async throws {
        let desk = try Desk { $0.idTokenAlgorithms = [.rs256] }
        #expect(try await desk.refusal() == .idToken(JWTError(.algorithmNotAllowed)))
    }
}
