import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("A client that authenticates with a secret")
struct TokenClientTests {
    private static let grant = [("grant_type", "client_credentials")]

    /// Asks for a token of the client's own, which shows nothing but whether it authenticated.
    func ask(
        _ provider: ProviderEndpoints, _ form: [(String, String)] = [],
        authorization: String? = nil,
        from address: String = "192.0.2.1"
    ) async throws -> TestAnswer {
        try await provider.door.post(
            "/token", Self.grant + form, authorization: authorization, from: address)
    }

    func run(
        _ method: ClientMetadata.AuthenticationMethod = .clientSecretBasic, id: String = "lsu",
        secret: String? = nil, on backend: Backend = .sqlite,
        _ body: (ProviderEndpoints) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            try await provider.test.register(id, secret: secret) {
                $0.authenticationMethod = method
                $0.grantTypes = [.clientCredentials]
            }
            try await body(provider)
        }
    }

    @Test("by Basic gets its token, the scheme in any case (oidcc-server, RFC 9110 §11.1)")
    func basic() async throws {
        try await run { provider async throws in
            let basic = ProviderEndpoints.basic("lsu")
            for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
                let field = scheme + basic.dropFirst(5)
                #expect(try await ask(provider, authorization: field).code == 200)
            }
        }
    }

    @Test("has id and secret form-encoded in Basic (RFC 6749 §2.3.1)")
    func encoded() async throws {
        try await run(id: "https://lsu.example.org", secret: "a+b c:d%é") { provider async throws in
            let basic = ProviderEndpoints.basic("https://lsu.example.org", secret: "a+b c:d%é")
            #expect(try await ask(provider, authorization: basic).code == 200)
        }
    }

    @Test("by the form gets its token (oidcc-server-client-secret-post)")
    func post() async throws {
        try await run(.clientSecretPost) { provider async throws in
            let secret = TestDesk.secret(of: "lsu")
            let right = [("client_id", "lsu"), ("client_secret", secret)]
            #expect(try await ask(provider, right).code == 200)
            let wrong = try await ask(provider, [("client_id", "lsu"), ("client_secret", "x")])
            #expect(wrong.code == 401 && wrong.error == "invalid_client")
        }
    }

    @Test(
        "is refused where the header can't be read (security history 2.21)",
        arguments: [
            "Basic", "Basic ", "Bearer", "Bearer x", "Basic !!!!", "Basic bHN1", "Basic bHN1Og==",
            "Basic OnNlY3JldA==", "Basic bHN1OnNlY3JldA", "Digest username=lsu", "",
            "Basic bHN1OiV6eg==", "Basic bHN1OgE=",
            // The right credentials, followed by something else.
            ProviderEndpoints.basic("lsu") + ", Basic eDp5",
            ProviderEndpoints.basic("lsu") + "x",
        ])
    func broken(_ field: String) async throws {
        try await run { provider async throws in
            let answer = try await ask(provider, authorization: field)
            #expect(answer.code == 401 && answer.error == "invalid_client")
            #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
        }
    }

    @Test("is refused with a wrong or empty secret (security history 2.15)")
    func wrong() async throws {
        try await run { provider async throws in
            for secret in ["", " ", "wrong", TestDesk.secret(of: "lsu") + " "] {
                let basic = ProviderEndpoints.basic("lsu", secret: secret)
                let answer = try await ask(provider, authorization: basic)
                #expect(answer.code == 401 && answer.error == "invalid_client")
            }
        }
    }

    @Test("that nobody knows is refused in the same words as one with a wrong secret")
    func unknown() async throws {
        try await run { provider async throws in
            let wrong = try await ask(
                provider, authorization: ProviderEndpoints.basic("lsu", secret: "wrong"))
            let unknown = try await ask(provider, authorization: ProviderEndpoints.basic("nobody"))
            #expect(wrong.body == unknown.body && wrong.code == unknown.code)
        }
    }

    @Test("is bound to its registered method (SR-19)")
    func otherMethod() async throws {
        try await ProviderEndpoints.run { provider async throws in
            for method in ClientMetadata.AuthenticationMethod.allCases {
                try await provider.test.register(method.rawValue) {
                    $0.authenticationMethod = method
                    if method == .privateKeyJWT {
                        $0.jwksURI = "https://teleservice.example.org/jwks"
                    }
                }
            }
            for registered in ClientMetadata.AuthenticationMethod.allCases {
                let id = registered.rawValue
                let secret = TestDesk.secret(of: id)
                if registered != .clientSecretBasic {
                    let answer = try await ask(provider, authorization: ProviderEndpoints.basic(id))
                    #expect(answer.error == "invalid_client")
                }
                if registered != .clientSecretPost {
                    let answer = try await ask(
                        provider, [("client_id", id), ("client_secret", secret)])
                    #expect(answer.error == "invalid_client")
                }
                if registered != .none {
                    let answer = try await ask(provider, [("client_id", id)])
                    #expect(answer.code == 401 && answer.error == "invalid_client")
                }
            }
        }
    }

    @Test("may use one method only in a request (RFC 6749 §2.3)")
    func twoMethods() async throws {
        try await run { provider async throws in
            let secret = TestDesk.secret(of: "lsu")
            let basic = ProviderEndpoints.basic("lsu")
            for form in [
                [("client_id", "lsu"), ("client_secret", secret)],
                [("client_assertion", "x"), ("client_assertion_type", ClientAssertion.type)],
            ] {
                let answer = try await ask(provider, form, authorization: basic)
                #expect(answer.code == 400 && answer.error == "invalid_request")
            }
        }
    }

    @Test("must be the one that client_id names (ensure-client-id-in-token-endpoint)")
    func otherName() async throws {
        try await run { provider async throws in
            try await provider.test.register("other")
            let basic = ProviderEndpoints.basic("lsu")
            #expect(
                try await ask(provider, [("client_id", "lsu")], authorization: basic).code == 200)
            let answer = try await ask(provider, [("client_id", "other")], authorization: basic)
            #expect(answer.code == 401 && answer.error == "invalid_client")
        }
    }

    @Test("has two secrets while it changes them, and is known by the new one at once (SR-33)")
    func changedSecret() async throws {
        try await run { provider async throws in
            let old = ProviderEndpoints.basic("lsu")
            #expect(try await ask(provider, authorization: old).code == 200)
            // Somebody else's hand, such as another node's: the registry here has cached the client.
            let now = provider.now
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                client.secrets.append(
                    ClientSecret(hash: Digest.sha256("the new one").bytes, createdAt: now))
                try writer.update(client, at: now)
            }
            let new = ProviderEndpoints.basic("lsu", secret: "the new one")
            #expect(try await ask(provider, authorization: new).code == 200)
            #expect(try await ask(provider, authorization: old).code == 200)
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                client.secrets.removeFirst()
                try writer.update(client, at: now)
            }
            #expect(try await ask(provider, authorization: old).code == 401)
            #expect(try await ask(provider, authorization: new).code == 200)
        }
    }

    @Test("that was disabled or removed a moment ago gets nothing")
    func disabled() async throws {
        try await run { provider async throws in
            let basic = ProviderEndpoints.basic("lsu")
            #expect(try await ask(provider, authorization: basic).code == 200)
            let now = provider.now
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                client.disabledAt = now
                try writer.update(client, at: now)
            }
            #expect(try await ask(provider, authorization: basic).code == 401)
            try await provider.store.write { _ = try $0.removeClient("lsu", at: TestDesk.start) }
            #expect(try await ask(provider, authorization: basic).code == 401)
        }
    }

    @Test("leaves a trace of the secret's use, once an hour")
    func notedUse() async throws {
        try await run { provider async throws in
            func lastUse() async throws -> Date? {
                try await provider.store.read { try $0.client("lsu")?.secrets.first?.lastUsedAt }
            }
            let basic = ProviderEndpoints.basic("lsu")
            let first = provider.now
            _ = try await ask(provider, authorization: basic)
            #expect(try await lastUse() == first)
            provider.clock.advance(by: .seconds(3599))
            _ = try await ask(provider, authorization: basic)
            #expect(try await lastUse() == first)
            provider.clock.advance(by: .seconds(1))
            _ = try await ask(provider, authorization: basic)
            #expect(try await lastUse() == provider.now)
        }
    }
}
