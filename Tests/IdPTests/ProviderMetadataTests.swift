import FoundationEssentials
import HTTPTypes
import Hummingbird
import Testing
import TestSupport
import Tokens
import Web

@testable import IdP

@Suite("The documents that the provider publishes")
struct ProviderMetadataTests {
    @Test(
        "are one metadata document at two paths (oidcc-discovery-endpoint-verification, RFC 8414 §3)"
    )
    func discovery() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let answer = try await provider.door.get("/.well-known/openid-configuration")
            #expect(answer.code == 200 && answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "public, max-age=3600")
            let oauth = try await provider.door.get("/.well-known/oauth-authorization-server")
            #expect(oauth.body == answer.body)

            let document = answer.json
            let issuer = TestDesk.issuer
            #expect(document.member("issuer")?.string == issuer)
            for (name, path) in [
                ("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"),
                ("userinfo_endpoint", "/userinfo"), ("jwks_uri", "/jwks"),
                ("revocation_endpoint", "/revoke"), ("introspection_endpoint", "/introspect"),
                ("end_session_endpoint", "/logout"),
            ] {
                #expect(document.member(name)?.string == issuer + path)
            }
            let lists = [
                "scopes_supported": [
                    "openid", "profile", "email", "phone", "address", "scolarite", "educonnect",
                    "offline_access",
                ],
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "grant_types_supported": [
                    "authorization_code", "refresh_token", "client_credentials",
                ],
                "acr_values_supported": [
                    "urn:educonnect:acr:password", "urn:educonnect:acr:password-sms", "eidas1",
                ],
                "subject_types_supported": ["pairwise", "public"],
                "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
                "userinfo_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
                ],
                "introspection_endpoint_auth_methods_supported": [
                    "client_secret_basic", "client_secret_post", "private_key_jwt",
                ],
            ]
            for (name, values) in lists { #expect(try document.stringArray(name) == values) }
            #expect(document.member("request_parameter_supported") == false)
            #expect(document.member("request_uri_parameter_supported") == false)
            #expect(document.member("claims_parameter_supported") == false)
            #expect(document.member("authorization_response_iss_parameter_supported") == true)
            #expect(try document.stringArray("claims_supported")?.contains("children") == true)
        }
    }

    @Test("hold no private or symmetric key, and distinct names (conformance §21)")
    func keys() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let answer = try await provider.door.get("/jwks")
            #expect(answer.code == 200 && answer.headers[.contentType] == "application/json")
            let set = try JWKSet(parsing: answer.body)
            #expect(set.keys.count == 4 && Set(set.keys.map(\.keyID)).count == 4)
            guard case .array(let keys)? = answer.json.member("keys") else {
                Issue.record("no keys")
                return
            }
            for key in keys {
                for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                    #expect(key.member(secret) == nil)
                }
            }
        }
    }

    @Test("are sent once: who has them is told so (RFC 9110 §13.1.2)")
    func notModified() async throws {
        try await ProviderEndpoints.run { provider async throws in
            for path in ["/jwks", "/.well-known/openid-configuration"] {
                let first = try await provider.door.get(path)
                let tag = try #require(first.headers[.eTag])
                for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                    let again = try await provider.door.get(path, headers: [.ifNoneMatch: known])
                    #expect(again.code == 304 && again.body.isEmpty)
                    #expect(again.headers[.eTag] == tag)
                }
                let other = try await provider.door.get(path, headers: [.ifNoneMatch: "\"x\""])
                #expect(other.code == 200 && other.body == first.body)
            }
        }
    }

    @Test("follow the ring of keys, and may be kept for half the lead of a new key at most (SR-28)")
    func rotation() async throws {
        let folder = try TemporaryFolder("educonnect_rotation")
        defer { folder.remove() }
        let start = TestDesk.start
        try KeyRing.makeFirst(folder: folder.path, algorithms: [.es256], at: start)
        try await ProviderEndpoints.run { provider async throws in
            let document = PublishedDocument(maxAge: .seconds(3600)) { $0.publishedJSON(at: $1) }
            let before = try KeyRing.load(folder: folder.path)
            let first = try await provider.answer(document, before, at: start)
            let kid = try KeyRing.rotate(
                folder: folder.path, algorithm: .es256, at: start, lead: .seconds(86_400),
                tokenLife: .seconds(600), sessionLife: .seconds(36_000))
            let after = try KeyRing.load(folder: folder.path)
            let second = try await provider.answer(document, after, at: start)
            #expect(try JWKSet(parsing: first).keys.count == 1)
            #expect(try JWKSet(parsing: second).keys.map(\.keyID).contains(kid))
            // The old key leaves with the last token that it signed.
            let late = start.addingTimeInterval(86_400 + 600)
            #expect(
                try JWKSet(parsing: try await provider.answer(document, after, at: late)).keys.map(
                    \.keyID) == [kid])
        }
    }

    @Test(
        "tell caches no more than the lead of a key allows", arguments: [(86_400, 3600), (10, 5)])
    func maxAge(_ lead: Int, _ age: Int) async throws {
        try await TestDesk.run(.sqlite) { test in
            let endpoint = JWKSetEndpoint(desk: test.desk, keyLead: .seconds(lead))
            let door = TestDoor(layout: test.desk.layout) { router in
                router.get("/jwks", use: endpoint.respond)
            }
            let answer = try await door.get("/jwks")
            #expect(answer.headers[.cacheControl] == "public, max-age=\(age)")
        }
    }
}

extension ProviderEndpoints {
    fileprivate func answer(
        _ document: PublishedDocument, _ keyRing: KeyRing, at now: Date
    ) async throws -> [UInt8] {
        let door = TestDoor(layout: test.desk.layout) { router in
            router.get("/document") { request, _ in document.answer(request, keyRing, at: now) }
        }
        return try await door.get("/document").body
    }
}
