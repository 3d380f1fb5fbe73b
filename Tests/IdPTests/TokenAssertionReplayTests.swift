import HTTPTypes
import TestSupport
import Testing
import Tokens

@testable import IdP

/// An assertion that comes again.
extension TokenAssertionTests {
    @Test(
        "is good once, also for many at once (security history 2.14)", arguments: Backend.available)
    func replayed(_ backend: Backend) async throws {
        try await run(backend) { provider async throws in
            let assertion = try assertion(provider)
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await ask(provider, assertion).code } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(counts == [200: 1, 401: 19])
            // Another client's or another jti is another assertion.
            #expect(
                try await ask(provider, try self.assertion(provider, changing: ["jti": "a2"])).code
                    == 200)
        }
    }

    @Test("is spent also where the request failed otherwise")
    func spentByFailure() async throws {
        try await run { provider async throws in
            let assertion = try assertion(provider)
            let failed = try await ask(provider, assertion, [("scope", "no.such.scope")])
            #expect(failed.error == "invalid_scope")
            #expect(try await ask(provider, assertion).error == "invalid_client")
        }
    }

    @Test(
        "is refused as used before, whatever else is wrong with the request",
        arguments: [
            [("grant_type", "authorization_code"), ("code", "malformed")],
            [("grant_type", "authorization_code")], [("grant_type", "client_credentials")],
        ])
    func replayedWithFault(_ form: [(String, String)]) async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu") { metadata in
                metadata.authenticationMethod = .privateKeyJWT
                metadata.jwks = JWKSet([
                    try JWK(Self.signer(.es256).publicKey, keyID: "ES256", algorithm: .es256)
                ])
            }
            let assertion = try assertion(provider)
            let proof = [
                ("client_assertion", assertion), ("client_assertion_type", ClientAssertion.type),
            ]
            let first = try await provider.door.post("/token", form + proof)
            #expect(first.code == 400 && first.error != "invalid_client")
            let second = try await provider.door.post("/token", form + proof)
            #expect(second.code == 401 && second.error == "invalid_client")
        }
    }

    @Test("is no replay of itself where the code is refused in the same request")
    func refusedCode() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu") { metadata in
                metadata.authenticationMethod = .privateKeyJWT
                metadata.jwks = JWKSet([
                    try JWK(Self.signer(.es256).publicKey, keyID: "ES256", algorithm: .es256)
                ])
            }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let answer = try await provider.door.post(
                "/token",
                [
                    ("grant_type", "authorization_code"), ("code", code.text),
                    ("redirect_uri", code.redirectURI), ("code_verifier", "wrong"),
                    ("client_assertion", try assertion(provider)),
                    ("client_assertion_type", ClientAssertion.type),
                ])
            #expect(answer.error == "invalid_grant")
        }
    }
}
