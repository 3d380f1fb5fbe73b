import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("A sign-in through a provider")
struct SignInTests {
    @Test("sends code flow, PKCE S256, fresh state and nonce (RFC 7636, SR-35)")
    func request() async throws {
        let desk = try Desk()
        let wish = SignInWish(
            prompt: "login", maxAge: .seconds(60), acrValues: ["a", "b"], loginHint: "h",
            note: "secret note")
        let first = try await desk.start(wish)
        let second = try await desk.start()
        #expect(first.url.hasPrefix("https://op.example.org/authorize?tenant=1&"))
        let sent = try query(first.url)
        #expect(sent["tenant"] == "1")
        #expect(sent["response_type"] == "code")
        #expect(sent["client_id"] == StubProvider.clientID)
        #expect(sent["redirect_uri"] == "https://rp.example.org/callback")
        #expect(sent["scope"] == "openid profile")
        #expect(sent["prompt"] == "login")
        #expect(sent["max_age"] == "60")
        #expect(sent["acr_values"] == "a b")
        #expect(sent["login_hint"] == "h")
        #expect(sent["state"] == first.pending.state)
        #expect(sent["nonce"] == first.pending.nonce)
        #expect(sent["code_challenge_method"] == "S256")
        let verifier = try #require(first.pending.verifier)
        #expect(sent["code_challenge"] == (try PKCE.challenge(for: verifier.text)))
        #expect(!first.url.contains("note"))
        #expect(!first.url.contains(verifier.text))
        #expect(first.pending.state.utf8.count == 43)
        #expect(Set([first.pending.state, first.pending.nonce, verifier.text]).count == 3)
        #expect(first.pending.state != second.pending.state)
    }

    @Test("sends no PKCE to a provider that refuses it")
    func withoutPKCE() async throws {
        let desk = try Desk { $0.usesPKCE = false }
        let started = try await desk.start()
        #expect(try query(started.url)["code_challenge"] == nil)
        #expect(started.pending.verifier == nil)
        _ = try await desk.finish()
    }

    @Test(
        "ends in the person's identity and claims (oidcc-client-test, oidcc-client-test-scope-userinfo-claims)"
    )
    func identity() async throws {
        let desk = try Desk()
        let identity = try await desk.finish(SignInWish(acrValues: ["level-1"], note: "child-7"))
        #expect(identity.issuer == StubProvider.issuer)
        #expect(identity.subject == "person-1")
        #expect(identity.acr == "level-1")
        #expect(identity.amr == ["pwd"])
        #expect(identity.sessionID == "session-1")
        #expect(identity.claims.member("family_name")?.string == "DURANT")
        #expect(identity.wish.note == "child-7")
        let header = desk.provider.state.withLock { state in
            state.requests.last { $0.url.hasSuffix("/userinfo") }?.headers.first {
                $0.name == "Authorization"
            }
        }
        #expect(header?.value == "Bearer access-1")
    }

    @Test("verifies each algorithm of ours", arguments: Algorithm.allCases)
    func algorithms(_ algorithm: Algorithm) async throws {
        let desk = try Desk(algorithm: algorithm)
        #expect(try await desk.finish().subject == "person-1")
    }

    @Test("redeems the code with the secret in the header (oidcc-client-test-client-secret-basic)")
    func basic() async throws {
        let desk = try Desk()
        let started = try await desk.start()
        _ = try await desk.party.finish(
            desk.response(to: started), started.pending, at: desk.now, random: desk.random)
        let request = try #require(
            desk.provider.state.withLock { $0.requests.first { $0.url.hasSuffix("/token") } })
        let header = try #require(request.headers.first { $0.name == "Authorization" }?.value)
        let decoded = try #require(Data(base64Encoded: String(header.dropFirst("Basic ".count))))
        #expect(String(decoding: decoded, as: UTF8.self) == "client-1:s+e%2Fc%2Br%3Aet")
        let form = try Form(parsing: request.body)
        #expect(request.method == .post)
        #expect(form["grant_type"] == "authorization_code")
        #expect(form["code"] == "code-1")
        #expect(form["redirect_uri"] == "https://rp.example.org/callback")
        #expect(form["code_verifier"] == started.pending.verifier?.text)
        #expect(form["client_secret"] == nil)
    }

    @Test("redeems the code with the secret in the body, or as a public client")
    func post() async throws {
        for (authentication, secret) in [
            (RelyingParty.Authentication.secretPost(Secret("pst")), "pst" as String?), (.none, nil),
        ] {
            let desk = try Desk(authentication: authentication)
            _ = try await desk.finish()
            let request = try #require(
                desk.provider.state.withLock { $0.requests.first { $0.url.hasSuffix("/token") } })
            let form = try Form(parsing: request.body)
            #expect(form["client_id"] == StubProvider.clientID)
            #expect(form["client_secret"] == secret)
            #expect(!request.headers.contains { $0.name == "Authorization" })
        }
    }

    @Test("redeems the code with an assertion for the issuer alone (RFC 7523, design D25)")
    func assertion() async throws {
        let (signer, jwk) = try StubProvider.key("rp-key")
        let desk = try Desk(authentication: .privateKeyJWT(signer))
        _ = try await desk.finish()
        _ = try await desk.finish()
        let bodies = desk.provider.state.withLock { state in
            state.requests.filter { $0.url.hasSuffix("/token") }.map(\.body)
        }
        var ids: Set<String> = []
        for body in bodies {
            let form = try Form(parsing: body)
            #expect(
                form["client_assertion_type"]
                    == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            let text = try #require(form["client_assertion"])
            let token = try JWT(JWS.verify(JWS.parse(text), key: jwk))
            #expect(token.issuer == StubProvider.clientID)
            #expect(token.subject == StubProvider.clientID)
            #expect(token.audience == [StubProvider.issuer])
            #expect(token.audienceIsString)
            #expect(token.header.keyID == "rp-key")
            #expect(token.expiresAt == desk.now.addingTimeInterval(60))
            ids.insert(try #require(token.id))
        }
        #expect(ids.count == 2)
    }

    @Test("survives being sealed between start and finish")
    func sealed() async throws {
        let desk = try Desk()
        let wish = SignInWish(
            prompt: "login", maxAge: .seconds(60), acrValues: ["a"], loginHint: "h", note: "n")
        let pending = try await desk.start(wish).pending
        let text = pending.json.serialized()
        #expect(try PendingSignIn(JSON(parsing: text)) == pending)
        #expect(throws: JSONError.self) { try PendingSignIn(JSON(parsing: "{\"iss\":\"x\"}")) }
    }

    @Test("leads out through the provider's own page (RP-Initiated Logout 1.0 §2)")
    func signOut() async throws {
        let desk = try Desk()
        let url = try #require(
            try await desk.party.signOut(Secret("id.token.text"), state: "s", at: desk.now))
        let sent = try query(url)
        #expect(url.hasPrefix("https://op.example.org/logout?"))
        #expect(sent["id_token_hint"] == "id.token.text")
        #expect(sent["post_logout_redirect_uri"] == "https://rp.example.org/bye")
        #expect(sent["client_id"] == StubProvider.clientID)
        #expect(sent["state"] == "s")
        let without = try Desk()
        without.provider.change { $0.metadata["end_session_endpoint"] = nil }
        #expect(try await without.party.signOut(nil, state: nil, at: without.now) == nil)
    }

    @Test("leads out to nobody who has stopped answering, though its metadata is known (SR-39)")
    func signOutWhileDown() async throws {
        let desk = try Desk()
        _ = try await desk.start()
        desk.provider.fail("/.well-known/openid-configuration", .timedOut)
        _ = try await desk.start()
        await #expect(throws: FederationError.unreachable(.timedOut)) {
            try await desk.party.signOut(Secret("id.token.text"), state: "s", at: desk.now)
        }
    }
}
