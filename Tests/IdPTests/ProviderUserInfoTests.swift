import Flow
import FoundationEssentials
import HTTPTypes
import Store
import Testing
import TestSupport
import Tokens
import Web

@testable import IdP

@Suite("UserInfo")
struct ProviderUserInfoTests {
    private func run(
        scope: String = "openid",
        _ edit: (inout ClientMetadata) -> Void = { _ in },
        _ body: (ProviderEndpoints, String, SampleCode, SampleParent) async throws -> Void
    ) async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu", edit)
            let (answer, code, _, parent) = try await provider.signedIn(client, scope: scope)
            let token = try #require(answer.string("access_token"))
            try await body(provider, token, code, parent)
        }
    }

    @Test(
        "answers GET and POST with a bearer header (oidcc-userinfo-get, oidcc-userinfo-post-header)"
    )
    func header() async throws {
        try await run { provider, token, code, _ async throws in
            for method in [HTTPRequest.Method.get, .post] {
                for scheme in ["Bearer", "bearer", "bEARER"] {
                    let answer = try await provider.door.request(
                        method, "/userinfo", headers: [.authorization: "\(scheme) \(token)"])
                    #expect(answer.code == 200)
                    #expect(answer.headers[.contentType] == "application/json")
                    #expect(answer.headers[.cacheControl] == "no-store")
                    #expect(answer.text == #"{"sub":"\#(code.grant.subject)"}"#)
                }
            }
        }
    }

    @Test("answers a POST with the token in its form (oidcc-userinfo-post-body)")
    func body() async throws {
        try await run { provider, token, code, _ async throws in
            let form = [("access_token", token)]
            let answer = try await provider.door.post("/userinfo", form)
            #expect(answer.code == 200 && answer.string("sub") == code.grant.subject)
            let twice = try await provider.door.post(
                "/userinfo", form, authorization: "Bearer \(token)")
            #expect(twice.code == 400)
            #expect(twice.headers[.wwwAuthenticate]?.contains("invalid_request") == true)
            let repeated = try await provider.door.post("/userinfo", form + form)
            #expect(repeated.code == 400)
        }
    }

    @Test("refuses a token in the query, whatever else is there (SR-25)")
    func query() async throws {
        try await run { provider, token, _, _ async throws in
            for headers in [[:], [.authorization: "Bearer \(token)"]] as [HTTPFields] {
                let answer = try await provider.door.get(
                    "/userinfo?access_token=\(token)", headers: headers)
                #expect(answer.code == 400 && answer.error == "invalid_request")
            }
            let other = try await provider.door.get(
                "/userinfo?x=y", headers: [.authorization: "Bearer \(token)"])
            #expect(other.code == 200)
        }
    }

    @Test("asks for a token where there is none, without an error (RFC 6750 §3.1)")
    func challenge() async throws {
        try await run { provider, token, _, _ async throws in
            for headers in [[:], [.authorization: "Basic eDp5"], [.authorization: token]]
                as [HTTPFields]
            {
                let answer = try await provider.door.get("/userinfo", headers: headers)
                #expect(answer.code == 401 && answer.headers[.wwwAuthenticate] == "Bearer")
                #expect(answer.body.isEmpty)
            }
            #expect(try await provider.door.request(.post, "/userinfo").code == 401)
            #expect(try await provider.door.request(.put, "/userinfo").code == 405)
        }
    }

    @Test("refuses what is no live access token (security history 2.16, 2.19)")
    func invalid() async throws {
        try await ProviderEndpoints.run { provider async throws in
            let client = try await provider.test.register("lsu") {
                $0.grantTypes = [.authorizationCode, .refreshToken]
            }
            let (answer, code, session, _) = try await provider.signedIn(client)
            let token = try #require(answer.string("access_token"))
            let forged = "eca_" + token.dropFirst(4).dropLast(6) + "AAAAAA"
            let others = [
                "", "x", code.text, answer.string("refresh_token") ?? "",
                answer.string("id_token") ?? "", forged, token + "x", "\(session.id)",
            ]
            for other in others {
                let refused = try await provider.userInfo(other)
                #expect(refused.code == 401 && refused.error == "invalid_token")
                #expect(
                    refused.headers[.wwwAuthenticate]?.hasPrefix("Bearer error=\"invalid_token\"")
                        == true)
            }
            provider.clock.advance(by: .seconds(599))
            #expect(try await provider.userInfo(token).code == 200)
            provider.clock.advance(by: .seconds(1))
            #expect(try await provider.userInfo(token).code == 401)
        }
    }

    @Test("refuses the token of a client that was disabled, and follows its edits")
    func client() async throws {
        try await run(scope: "openid email") { provider, token, _, _ async throws in
            #expect(try await provider.userInfo(token).code == 200)
            let now = provider.now
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                var metadata = try ClientMetadata(try JSON(parsing: client.metadata))
                metadata.userInfoAlgorithm = .es256
                client.metadata = String(decoding: metadata.json.serialized(), as: UTF8.self)
                try writer.update(client, at: now)
            }
            let signed = try await provider.userInfo(token)
            #expect(signed.headers[.contentType] == "application/jwt")
            try await provider.store.write { writer in
                var client = try #require(try writer.client("lsu"))
                client.disabledAt = now
                try writer.update(client, at: now)
            }
            #expect(try await provider.userInfo(token).code == 401)
        }
    }

    @Test(
        "is signed for a client registered for it (oidcc-userinfo-rs256)",
        arguments: Algorithm.allCases)
    func signed(_ algorithm: Algorithm) async throws {
        try await run(scope: "openid email", { $0.userInfoAlgorithm = algorithm }) {
            provider, token, code, _ async throws in
            let answer = try await provider.userInfo(token)
            #expect(answer.code == 200 && answer.headers[.contentType] == "application/jwt")
            #expect(answer.headers[.cacheControl] == "no-store")
            let keys = provider.test.desk.keys.current.published(at: provider.now)
            let jws = try JWS.verify(try JWS.parse(answer.text), keys: keys, allowed: [algorithm])
            let claims = try JSON(parsing: jws.payload)
            #expect(claims.member("iss")?.string == TestDesk.issuer)
            #expect(claims.member("aud")?.string == "lsu")
            #expect(claims.member("sub")?.string == code.grant.subject)
            #expect(claims.member("email")?.string == "valery.durant@example.org")
            #expect(claims.member("nonce") == nil)
        }
    }
}
