import Flow
import FoundationEssentials
import HTTPTypes
import Store
import TestSupport
import Testing
import Tokens

@testable import IdP

@Suite("Revocation and introspection")
struct TokenRevocationTests {
    private func run(
        _ body: (ProviderEndpoints, TestAnswer, SampleCode) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            var introspects = ClientPolicy()
            introspects.introspects = true
            try await provider.test.register("resource", policy: introspects)
            try await provider.test.register("other")
            let (answer, code, _, _) = try await provider.signedIn(client)
            try await body(provider, answer, code)
        }
    }

    private func post(
        _ provider: ProviderEndpoints, _ path: String, _ token: String?, as client: String,
        hint: String? = nil
    ) async throws -> TestAnswer {
        let hint = hint.map { [("token_type_hint", $0)] } ?? []
        return try await provider.door.post(
            path, [("token", token ?? "")] + hint, authorization: ProviderEndpoints.basic(client))
    }

    @Test("revoke an access token, once and again (RFC 7009 §2.2, SR-23)")
    func accessToken() async throws {
        try await run { provider, answer, _ async throws in
            let token = answer.string("access_token")
            for _ in 0..<2 {
                #expect(try await post(provider, "/revoke", token, as: "lsu").code == 200)
                #expect(try await provider.userInfo(token).code == 401)
            }
            #expect(
                try await provider.refresh(answer.string("refresh_token"), as: "lsu").code == 200)
        }
    }

    @Test("revoke a refresh token with its family and every access token of it (RFC 7009 §2.1)")
    func refreshToken() async throws {
        try await run { provider, answer, _ async throws in
            let token = answer.string("refresh_token")
            let revoked = try await post(
                provider, "/revoke", token, as: "lsu", hint: "access_token")
            #expect(revoked.code == 200 && revoked.body.isEmpty)
            #expect(try await provider.refresh(token, as: "lsu").error == "invalid_grant")
            #expect(try await provider.userInfo(answer.string("access_token")).code == 401)
        }
    }

    @Test("leave another client's token as it is (RFC 7009 §2.1)")
    func foreign() async throws {
        try await run { provider, answer, _ async throws in
            for name in ["access_token", "refresh_token"] {
                let refused = try await post(provider, "/revoke", answer.string(name), as: "other")
                #expect(refused.code == 400 && refused.error == "invalid_grant")
            }
            #expect(try await provider.userInfo(answer.string("access_token")).code == 200)
            #expect(
                try await provider.refresh(answer.string("refresh_token"), as: "lsu").code == 200)
        }
    }

    @Test("answer 200 for a token that nobody knows, 400 without one, 401 to a stranger")
    func unknown() async throws {
        try await run { provider, answer, code async throws in
            for text in [
                "x", code.text, answer.string("id_token"),
                "eca_" + String(repeating: "A", count: 64),
            ] {
                #expect(try await post(provider, "/revoke", text, as: "lsu").code == 200)
            }
            #expect(try await post(provider, "/revoke", "", as: "lsu").error == "invalid_request")
            #expect(try await provider.userInfo(answer.string("access_token")).code == 200)
            for path in ["/revoke", "/introspect"] {
                let stranger = try await provider.door.post(path, [("token", "x")])
                #expect(stranger.code == 401 && stranger.error == "invalid_client")
            }
        }
    }

    @Test("tell a client about its own tokens, and an introspecting one about all (RFC 7662 §2.2)")
    func active() async throws {
        try await run { provider, answer, code async throws in
            for client in ["lsu", "resource"] {
                let access = try await post(
                    provider, "/introspect", answer.string("access_token"), as: client)
                #expect(access.code == 200 && access.headers[.cacheControl] == "no-store")
                #expect(access.json.member("active") == true)
                #expect(access.string("client_id") == "lsu" && access.string("scope") == "openid")
                #expect(access.string("sub") == code.grant.subject)
                #expect(access.string("token_type") == "Bearer")
                #expect(access.string("iss") == TestDesk.issuer)
                let now = Int64(provider.now.timeIntervalSince1970)
                #expect(access.json.member("iat") == .integer(now))
                #expect(access.json.member("exp") == .integer(now + 600))
                let refresh = try await post(
                    provider, "/introspect", answer.string("refresh_token"), as: client)
                #expect(refresh.json.member("active") == true)
                #expect(refresh.json.member("token_type") == nil)
            }
        }
    }

    @Test("tell anybody else nothing but that it is not active (RFC 7662 §2.2)")
    func inactive() async throws {
        try await run { provider, answer, code async throws in
            let nothing = #"{"active":false}"#
            for name in ["access_token", "refresh_token"] {
                let token = answer.string(name)
                #expect(try await post(provider, "/introspect", token, as: "other").text == nothing)
            }
            for token in [code.text, answer.string("id_token"), "x"] {
                #expect(try await post(provider, "/introspect", token, as: "lsu").text == nothing)
            }
            provider.clock.advance(by: .seconds(600))
            let token = answer.string("access_token")
            #expect(try await post(provider, "/introspect", token, as: "lsu").text == nothing)
        }
    }

    @Test("say nothing of a token whose client is gone (conformance §24)")
    func removedClient() async throws {
        try await run { provider, answer, _ async throws in
            try await provider.store.write { _ = try $0.removeClient("lsu", at: TestDesk.start) }
            let token = answer.string("access_token")
            let told = try await post(provider, "/introspect", token, as: "resource")
            #expect(told.text == #"{"active":false}"#)
            #expect(try await provider.userInfo(token).code == 401)
        }
    }

    @Test("let a public client revoke its own tokens, and introspect none (RFC 7662 §2.1)")
    func publicClient() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("app") { $0.authenticationMethod = .none }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            let code = try await provider.test.code(for: client, parent, in: session)
            let answer = try await provider.door.post(
                "/token",
                [
                    ("grant_type", "authorization_code"), ("code", code.text), ("client_id", "app"),
                    ("redirect_uri", code.redirectURI), ("code_verifier", TestDesk.verifier),
                ])
            let form = [("token", answer.string("access_token") ?? ""), ("client_id", "app")]
            #expect(try await provider.door.post("/introspect", form).error == "invalid_client")
            #expect(try await provider.door.post("/revoke", form).code == 200)
            #expect(try await provider.userInfo(answer.string("access_token")).code == 401)
        }
    }

    @Test(
        "racing a refresh 100 times leave no token that works (security history 2.17)",
        arguments: Backend.available)
    func raced(_ backend: Backend) async throws {
        try await ProviderEndpoints.run(backend) { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let parent = try await provider.test.makeParent()
            let session = try await provider.test.signIn(parent)
            for _ in 0..<100 {
                let code = try await provider.test.code(for: client, parent, in: session)
                let token = try await provider.redeem(code).string("refresh_token")
                async let refreshed = provider.refresh(token, as: "lsu")
                async let revoked = post(provider, "/revoke", token, as: "lsu")
                let (answer, revocation) = try await (refreshed, revoked)
                #expect(revocation.code == 200)
                guard answer.code == 200 else { continue }
                #expect(try await provider.userInfo(answer.string("access_token")).code == 401)
                let next = try await provider.refresh(answer.string("refresh_token"), as: "lsu")
                #expect(next.error == "invalid_grant")
            }
        }
    }
}
