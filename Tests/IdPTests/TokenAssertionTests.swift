import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("A client that authenticates with a signed assertion")
struct TokenAssertionTests {
    private static let keys: [Algorithm: PrivateKey] = {
        var keys: [Algorithm: PrivateKey] = [:]
        for algorithm in Algorithm.allCases {
            keys[algorithm] = try? PrivateKey.generate(algorithm.keyType)
        }
        return keys
    }()

    static func signer(_ algorithm: Algorithm) throws -> Signer {
        try Signer(
            key: try #require(keys[algorithm]), algorithm: algorithm, keyID: algorithm.rawValue)
    }

    /// An assertion, right but for the changes; a nil takes a claim out.
    func assertion(
        _ provider: ProviderEndpoints, _ algorithm: Algorithm = .es256, type: String? = "JWT",
        signer: Signer? = nil,
        changing changes: [String: JSON?] = [:]
    ) throws -> String {
        let now = Int64(provider.now.timeIntervalSince1970)
        var claims: [String: JSON] = [
            "iss": "lsu", "sub": "lsu", "aud": .string(TestDesk.issuer + "/token"), "jti": "a1",
            "iat": .integer(now), "nbf": .integer(now), "exp": .integer(now + 60),
        ]
        for (name, value) in changes { claims[name] = value }
        return try JWS.compact(
            payload: JSON.object(claims).serialized(), type: type,
            signer: try signer ?? Self.signer(algorithm))
    }

    func ask(
        _ provider: ProviderEndpoints, _ assertion: String, type: String? = ClientAssertion.type,
        _ form: [(String, String)] = []
    ) async throws -> TestAnswer {
        let type = type.map { [("client_assertion_type", $0)] } ?? []
        return try await provider.door.post(
            "/token",
            [("grant_type", "client_credentials"), ("client_assertion", assertion)] + type + form)
    }

    func run(
        _ backend: Backend = .sqlite, only algorithm: Algorithm? = nil,
        _ body: (ProviderEndpoints) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            try await provider.test.register("lsu") { metadata in
                metadata.authenticationMethod = .privateKeyJWT
                metadata.authenticationAlgorithm = algorithm
                metadata.grantTypes = [.clientCredentials]
                metadata.jwks = JWKSet(
                    try Algorithm.allCases.map { algorithm in
                        let signer = try Self.signer(algorithm)
                        return try JWK(
                            signer.publicKey, keyID: algorithm.rawValue, algorithm: algorithm)
                    })
            }
            try await body(provider)
        }
    }

    @Test("gets its token with each algorithm", arguments: Algorithm.allCases)
    func accepted(_ algorithm: Algorithm) async throws {
        try await run { provider async throws in
            #expect(try await ask(provider, try assertion(provider, algorithm)).code == 200)
        }
    }

    @Test("may name the issuer as audience too (ensure-client-assertion-with-iss-aud-succeeds)")
    func audience() async throws {
        try await run { provider async throws in
            let issuer = JSON.string(TestDesk.issuer)
            let endpoint = JSON.string(TestDesk.issuer + "/token")
            let audiences: [JSON] = [issuer, .array([endpoint]), .array([issuer, endpoint])]
            for (index, audience) in audiences.enumerated() {
                let id = JSON.string("a\(index)")
                let answer = try await ask(
                    provider, assertion(provider, changing: ["aud": audience, "jti": id]))
                #expect(answer.code == 200)
            }
        }
    }

    @Test(
        "is refused for somebody else's audience (client-assertion-with-wrong-aud-fails, 2.14)",
        arguments: [
            "https://other.example.org", .array([]), "", 1,
            .array(["https://educonnect.example.org", "https://other.example.org"]),
            "https://educonnect.example.org/revoke", "https://educonnect.example.org/",
        ] as [JSON])
    func wrongAudience(_ audience: JSON) async throws {
        try await refused(["aud": audience])
    }

    @Test(
        "is refused without a claim that it needs (client-assertion-with-no-sub-fails)",
        arguments: ["iss", "sub", "exp", "jti", "aud"])
    func missing(_ name: String) async throws {
        try await refused([name: nil])
    }

    @Test(
        "is refused with a claim of the wrong kind",
        arguments: [
            ("sub", "other"), ("iss", "other"), ("sub", 1), ("jti", 1), ("jti", ""), ("exp", "60"),
            ("jti", .string(String(repeating: "j", count: 257))),
        ] as [(String, JSON)])
    func wrongClaim(_ name: String, _ value: JSON) async throws {
        try await refused([name: value])
    }

    @Test(
        "must expire within five minutes, and not before now (exp-is-5-minutes-in-past-fails)",
        arguments: [(60, 200), (300, 200), (400, 401), (-300, 401), (86_400, 401)])
    func expiry(_ seconds: Int64, _ status: Int) async throws {
        try await run { provider async throws in
            let exp = JSON.integer(Int64(provider.now.timeIntervalSince1970) + seconds)
            #expect(
                try await ask(provider, try assertion(provider, changing: ["exp": exp])).code
                    == status)
        }
    }

    @Test(
        "may be issued by a clock 8 s ahead, not by one 62 s ahead (nbf-8-seconds, nbf-over-60, SR-30)",
        arguments: [(8, 200), (62, 401)])
    func clockAhead(_ seconds: Int64, _ status: Int) async throws {
        try await run { provider async throws in
            for (index, name) in ["nbf", "iat"].enumerated() {
                let time = JSON.integer(Int64(provider.now.timeIntervalSince1970) + seconds)
                let answer = try await ask(
                    provider,
                    assertion(provider, changing: [name: time, "jti": .string("a\(index)")]))
                #expect(answer.code == status)
            }
        }
    }

    @Test("is refused where the key is not the client's (SR-27)")
    func foreignKey() async throws {
        try await run { provider async throws in
            let key = try PrivateKey.generate(.p256)
            let signer = try Signer(key: key, algorithm: .es256, keyID: "ES256")
            let answer = try await ask(provider, assertion(provider, signer: signer))
            #expect(answer.code == 401 && answer.error == "invalid_client")
        }
    }

    @Test(
        "is held to the algorithm it registered (ensure-signed-client-assertion-with-RS256-fails)")
    func algorithm() async throws {
        try await run(only: .ps256) { provider async throws in
            #expect(
                try await ask(provider, try assertion(provider, .rs256)).error == "invalid_client")
            #expect(try await ask(provider, try assertion(provider, .ps256)).code == 200)
        }
    }

    @Test(
        "is refused unsigned or signed with a secret (security history 2.11)",
        arguments: ["none", "None", "HS256"])
    func unsigned(_ name: String) async throws {
        try await run { provider async throws in
            let parts = try assertion(provider).split(separator: ".")
            let header = Base64URL.encode(Array(#"{"alg":"\#(name)"}"#.utf8))
            for signature in ["", String(parts[2])] {
                let answer = try await ask(provider, "\(header).\(parts[1]).\(signature)")
                #expect(answer.code == 401 && answer.error == "invalid_client")
            }
        }
    }

    @Test("is refused when it is another kind of JWT, none at all, or of another type")
    func otherTypes() async throws {
        try await run { provider async throws in
            for type in ["at+jwt", "dpop+jwt", "oauth-authz-req+jwt"] {
                let answer = try await ask(provider, assertion(provider, type: type))
                #expect(answer.error == "invalid_client")
            }
            for text in ["x", "a.b.c", "..", String(repeating: "a", count: 15_000)] {
                #expect(try await ask(provider, text).error == "invalid_client")
            }
            for type in [nil, "x", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"] {
                #expect(
                    try await ask(provider, try assertion(provider), type: type).error
                        == "invalid_client")
            }
            #expect(
                try await ask(provider, try assertion(provider), [("client_id", "x")]).error
                    == "invalid_client")
            #expect(try await ask(provider, try assertion(provider, type: nil)).code == 200)
        }
    }

    @Test("is refused plainly where its keys are at a jwks_uri")
    func keysElsewhere() async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu") {
                $0.authenticationMethod = .privateKeyJWT
                $0.grantTypes = [.clientCredentials]
                $0.jwksURI = "https://lsu.example.org/jwks"
            }
            let answer = try await ask(provider, assertion(provider))
            #expect(answer.error == "invalid_client")
            #expect(answer.string("error_description")?.contains("jwks_uri") == true)
        }
    }

    @Test("works at revocation and introspection too (SR-18)")
    func elsewhere() async throws {
        try await run { provider async throws in
            let token = try #require(
                try await ask(provider, assertion(provider)).string("access_token"))
            func send(_ path: String, _ id: JSON) async throws -> TestAnswer {
                let form = [
                    ("token", token), ("client_assertion_type", ClientAssertion.type),
                    ("client_assertion", try assertion(provider, changing: ["jti": id])),
                ]
                return try await provider.door.post(path, form)
            }
            #expect(try await send("/introspect", "i1").json.member("active") == true)
            #expect(try await send("/introspect", "i1").error == "invalid_client")
            #expect(try await send("/revoke", "r1").code == 200)
            #expect(try await send("/introspect", "i2").json.member("active") == false)
        }
    }

    private func refused(_ changes: [String: JSON?]) async throws {
        try await run { provider async throws in
            let answer = try await ask(provider, assertion(provider, changing: changes))
            #expect(answer.code == 401 && answer.error == "invalid_client")
            #expect(try await ask(provider, try assertion(provider)).code == 200)
        }
    }
}
