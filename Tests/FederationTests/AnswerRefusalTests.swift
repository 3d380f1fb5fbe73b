import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("What a provider answers us")
struct AnswerRefusalTests {
    @Test("is refused at the token endpoint where it is an error, oversized, garbage or incomplete")
    func token() async throws {
        let desk = try Desk()
        desk.provider.answer("/token", status: 400, "{\"error\":\"invalid_grant\"}")
        #expect(try await desk.refusal() == .tokenRefused(code: "invalid_grant"))
        desk.provider.answer("/token", status: 503, "<html>")
        #expect(try await desk.refusal() == .providerFailed(status: 503))
        desk.provider.answer("/token", status: 302, "")
        #expect(try await desk.refusal() == .tokenRefused(code: "status 302"))
        desk.provider.fail("/token", .tooLarge)
        #expect(try await desk.refusal() == .unreachable(.tooLarge))
        for body in [
            "", "not json", "[]", "{}",
            "{\"access_token\":1,\"token_type\":\"bearer\",\"id_token\":\"x\"}",
            "{\"access_token\":\"a\",\"id_token\":\"x\"}",
            "{\"access_token\":\"a\",\"token_type\":\"mac\",\"id_token\":\"x\"}",
            "{\"access_token\":\"a\",\"token_type\":\"bearer\"}",
            "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"bearer\",\"id_token\":\"x\"}",
            String(repeating: "[", count: 10_000),
        ] {
            desk.provider.answer("/token", body)
            guard case .malformedTokenResponse? = try await desk.refusal() else {
                Issue.record("must be refused: \(body.prefix(40))")
                continue
            }
        }
    }

    @Test(
        "is refused at UserInfo where it speaks of another person (oidcc-client-test-userinfo-invalid-sub)"
    )
    func subject() async throws {
        let desk = try Desk()
        desk.provider.change { $0.userInfo["sub"] = "person-2" }
        #expect(try await desk.refusal() == .subjectMismatch)
        desk.provider.change { $0.userInfo["sub"] = nil }
        #expect(try await desk.refusal() == .subjectMismatch)
    }

    @Test("is refused at UserInfo where it is an error, no object or of another type")
    func userInfo() async throws {
        let desk = try Desk()
        desk.provider.answer("/userinfo", status: 401, "{}")
        #expect(try await desk.refusal() == .userInfo("status 401"))
        desk.provider.answer("/userinfo", "[]")
        guard case .userInfo? = try await desk.refusal() else {
            Issue.record("an array must be refused")
            return
        }
        desk.provider.answer("/userinfo", "{\"sub\":\"person-1\"}", type: "text/html")
        #expect(try await desk.refusal() == .userInfo("media type text/html"))
        desk.provider.answer("/userinfo", "a.b.c", type: "application/jwt")
        #expect(try await desk.refusal() == .userInfo("malformed"))
    }

    @Test("is accepted at UserInfo as a JWT of the provider, made for us")
    func signedUserInfo() async throws {
        let desk = try Desk()
        let signer = desk.provider.state.withLock { $0.signer }
        func answer(_ claims: [String: JSON], _ signer: Signer) throws {
            desk.provider.answer(
                "/userinfo", try StubProvider.sign(claims, signer), type: "application/jwt")
        }
        var claims: [String: JSON] = [
            "iss": .string(StubProvider.issuer), "aud": .string(StubProvider.clientID),
            "sub": "person-1",
            "given_name": "Valéry",
        ]
        try answer(claims, signer)
        #expect(try await desk.finish().claims.member("given_name")?.string == "Valéry")
        try answer(claims, try StubProvider.key("key-1").0)
        #expect(try await desk.refusal() == .userInfo("badSignature"))
        claims["aud"] = "somebody-else"
        try answer(claims, signer)
        #expect(try await desk.refusal() == .userInfo("wrongAudience"))
    }

    @Test(
        "is refused as discovery where the issuer differs (oidcc-client-test-discovery-issuer-mismatch)"
    )
    func discovery() async throws {
        for (name, value) in [
            ("issuer", "https://op.example.org/" as JSON?), ("issuer", nil),
            ("token_endpoint", nil),
            ("jwks_uri", nil), ("authorization_endpoint", nil),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("authorization_endpoint", "http://op.example.org/authorize"),
            ("authorization_endpoint", "https://user@op.example.org/authorize"),
            // On this machine, behind an issuer that isn't.
            ("authorization_endpoint", "http://localhost:9/authorize"),
            ("token_endpoint", "http://localhost:9/token"), ("jwks_uri", "http://127.0.0.1/jwks"),
            ("userinfo_endpoint", "http://[::1]/userinfo"),
            ("end_session_endpoint", "http://localhost/end"),
        ] {
            let desk = try Desk()
            desk.provider.change { $0.metadata[name] = value }
            guard case .unusableMetadata? = try await desk.refusal() else {
                Issue.record("must be refused: \(name) \(String(describing: value))")
                continue
            }
        }
        let desk = try Desk()
        desk.provider.answer("/.well-known/openid-configuration", status: 404, "")
        #expect(try await desk.refusal() == .unusableMetadata("status 404"))
    }
}
