import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("A request of the token endpoint")
struct TokenRequestTests {
    private static let form = HTTPFields([
        HTTPField(name: .contentType, value: "application/x-www-form-urlencoded")
    ])

    @Test(
        "of another method than POST is answered 405 (RFC 6749 §3.2, SR-17)",
        arguments: [HTTPRequest.Method.get, .put, .delete, .patch, .head])
    func method(_ method: HTTPRequest.Method) async throws {
        try await ProviderEndpoints.run { provider async throws in
            for path in ["/token", "/revoke", "/introspect"] {
                let answer = try await provider.door.request(method, path)
                #expect(answer.code == 405)
                #expect(answer.headers[.allow] == "POST")
            }
        }
    }

    @Test(
        "of another type than a form is refused (SR-17)",
        arguments: ["application/json", "multipart/form-data; boundary=x", "text/plain", nil])
    func contentType(_ type: String?) async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu") { $0.grantTypes = [.clientCredentials] }
            var headers: HTTPFields = [.authorization: ProviderEndpoints.basic("lsu")]
            headers[.contentType] = type
            let body = Array(#"{"grant_type":"client_credentials"}"#.utf8)
            let answer = try await provider.door.request(
                .post, "/token", headers: headers, body: body)
            #expect(answer.code == 400 && answer.error == "invalid_request")
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test("takes a form whose type has parameters")
    func charset() async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu") { $0.grantTypes = [.clientCredentials] }
            let headers: HTTPFields = [
                .authorization: ProviderEndpoints.basic("lsu"),
                .contentType: "application/x-www-form-urlencoded; charset=UTF-8",
            ]
            let answer = try await provider.door.request(
                .post, "/token", headers: headers, body: Array("grant_type=client_credentials".utf8)
            )
            #expect(answer.code == 200)
        }
    }

    @Test("of 1 MB is refused before it is read (security history 2.48)")
    func tooLong() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let body = Array(repeating: UInt8(ascii: "a"), count: 1 << 20)
            let answer = try await provider.door.request(
                .post, "/token", headers: Self.form, body: body)
            #expect(answer.code == 413 && answer.error == "invalid_request")
        }
    }

    @Test(
        "that can't be read as a form is refused (RFC 6749 §5.2)",
        arguments: ["grant_type=%", "grant_type=%zz", "grant_type=%ff", "grant_type=%00"])
    func malformed(_ body: String) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let answer = try await provider.door.request(
                .post, "/token", headers: Self.form, body: Array(body.utf8))
            #expect(answer.code == 400 && answer.error == "invalid_request")
        }
    }

    @Test(
        "that repeats a parameter is refused, whichever (security history 2.3)",
        arguments: ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "unknown"])
    func repeated(_ name: String) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu")
            let (_, code, _, _) = try await provider.signedIn(client)
            let form = [
                ("grant_type", "authorization_code"), ("code", code.text),
                ("redirect_uri", code.redirectURI), ("code_verifier", TestDesk.verifier),
                ("client_id", "lsu"), ("unknown", "1"),
            ]
            let twice = form + form.filter { $0.0 == name }
            let answer = try await provider.door.post(
                "/token", twice, authorization: ProviderEndpoints.basic("lsu"))
            #expect(answer.code == 400 && answer.error == "invalid_request")
        }
    }

    @Test("needs a grant type that exists")
    func grantType() async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu")
            let basic = ProviderEndpoints.basic("lsu")
            let none = try await provider.door.post("/token", [("x", "y")], authorization: basic)
            #expect(none.code == 400 && none.error == "invalid_request")
            // A parameter without a value counts as left out (RFC 6749 §3.2).
            let empty = try await provider.door.post(
                "/token", [("grant_type", "")], authorization: basic)
            #expect(empty.error == "invalid_request")
            for name in [
                "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "Refresh_token",
            ] {
                let answer = try await provider.door.post(
                    "/token", [("grant_type", name)], authorization: basic)
                #expect(answer.code == 400 && answer.error == "unsupported_grant_type")
            }
        }
    }

    @Test("needs a grant type that the client is registered for (security history 2.6)")
    func unregistered() async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("lsu") { $0.grantTypes = [.authorizationCode] }
            try await provider.test.register("batch") { $0.grantTypes = [.clientCredentials] }
            for (client, name) in [
                ("lsu", "client_credentials"), ("lsu", "refresh_token"),
                ("batch", "authorization_code"),
            ] {
                let answer = try await provider.door.post(
                    "/token", [("grant_type", name)],
                    authorization: ProviderEndpoints.basic(client))
                #expect(answer.code == 400 && answer.error == "unauthorized_client")
            }
        }
    }

    @Test("whose error is told holds nothing but the error, in plain ASCII (RFC 6749 §5.2)")
    func errorBody() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let answer = try await provider.door.post("/token", [("grant_type", "password")])
            #expect(answer.json.unknownMembers(besides: ["error", "error_description"]).isEmpty)
            #expect(answer.text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.contentType] == "application/json")
        }
    }

    @Test("for a client of its own gets a token, of its registered scopes and no others")
    func clientCredentials() async throws {
        try await ProviderEndpoints.run { provider async throws in
            try await provider.test.register("batch") {
                $0.grantTypes = [.clientCredentials]
                $0.scope = Scope("openid reports.read reports.write offline_access")
            }
            let basic = ProviderEndpoints.basic("batch")
            func ask(_ scope: String?) async throws -> TestAnswer {
                let form =
                    [("grant_type", "client_credentials")] + (scope.map { [("scope", $0)] } ?? [])
                return try await provider.door.post("/token", form, authorization: basic)
            }
            let all = try await ask(nil)
            #expect(all.code == 200 && all.string("scope") == "reports.read reports.write")
            #expect(all.string("token_type") == "Bearer")
            #expect(all.json.member("expires_in") == .integer(600))
            #expect(all.json.member("refresh_token") == nil && all.json.member("id_token") == nil)
            #expect(try await ask("reports.read").string("scope") == "reports.read")
            for scope in ["openid", "offline_access", "reports.read admin", "a\"b", "profile"] {
                let refused = try await ask(scope)
                #expect(refused.code == 400 && refused.error == "invalid_scope")
            }
            // Nobody has signed in: UserInfo has nobody to tell about (security history 2.16).
            let userInfo = try await provider.userInfo(all.string("access_token"))
            #expect(userInfo.code == 403)
            #expect(userInfo.headers[.wwwAuthenticate]?.contains("insufficient_scope") == true)
        }
    }

    @Test("is never for a public client of its own: it can't be registered (RFC 6749 §4.4)")
    func publicClientCredentials() async throws {
        try await ProviderEndpoints.run { provider async throws in
            await #expect(throws: ClientMetadataErrors.self) {
                try await provider.test.register("app") {
                    $0.grantTypes = [.authorizationCode, .clientCredentials]
                    $0.authenticationMethod = .none
                }
            }
        }
    }
}
