import Foundation
import Outgoing
import Synchronization
import Testing
import Tokens

@testable import Federation

@Suite("A sign-in through FranceConnect")
struct FranceConnectTests {
    private func names(_ form: Form) -> [String] { form.parameters.map(\.name).sorted() }

    private func request(_ desk: FranceConnectDesk, _ path: String) throws -> OutgoingRequest {
        try #require(
            desk.provider.state.withLock { $0.requests.last { $0.url.hasSuffix(path) } })
    }

    @Test(
        "sends what FranceConnect lists, and nothing else: no PKCE, max_age or login_hint (SR-35)")
    func parameters() async throws {
        let desk = try FranceConnectDesk()
        let wish = SignInWish(maxAge: .seconds(60), loginHint: "hint", note: "note")
        let started = try await desk.start(wish)
        #expect(started.url.hasPrefix("https://op.example.org/authorize?"))
        let sent = try query(started.url)
        #expect(
            names(sent) == [
                "acr_values", "client_id", "nonce", "redirect_uri", "response_type", "scope",
                "state",
            ])
        #expect(sent["acr_values"] == "eidas1")
        #expect(sent["client_id"] == StubProvider.clientID)
        #expect(sent["redirect_uri"] == "https://rp.example.org/franceconnect/retour")
        #expect(sent["response_type"] == "code")
        #expect(
            sent["scope"] == "openid given_name family_name preferred_username gender")
        #expect(sent["state"] == started.pending.state)
        #expect(started.pending.state.utf8.count == 43)
        #expect(started.pending.verifier == nil)
        #expect(started.pending.wish.acrValues == ["eidas1"])
    }

    @Test("sends a nonce of 32 random bytes as 64 hexadecimal digits, a new one each time (SR-35)")
    func nonce() async throws {
        let desk = try FranceConnectDesk()
        let first = try await desk.start().pending
        let second = try await desk.start().pending
        // The counted randomness: the state takes the first 32 bytes, the nonce the second.
        #expect(first.nonce == String(repeating: "02", count: 32))
        #expect(second.nonce == String(repeating: "04", count: 32))
        #expect(first.state != second.state)
    }

    @Test(
        "may ask for a prompt that FranceConnect knows, and for the means; other prompts are ours")
    func options() async throws {
        let desk = try FranceConnectDesk { $0.asksForMeans = true }
        for prompt in ["login", "consent", "login consent"] {
            let sent = try query(try await desk.start(SignInWish(prompt: prompt)).url)
            #expect(sent["prompt"] == prompt)
            #expect(sent["claims"] == #"{"id_token":{"amr":{"essential":true}}}"#)
            #expect(names(sent).count == 9)
        }
        for prompt in ["none", "select_account", "", "consent login"] {
            await #expect(throws: FederationError.notOffered("prompt \(prompt)")) {
                try await desk.start(SignInWish(prompt: prompt))
            }
        }
    }

    @Test("redeems the code with the secret in the body: Basic is never used")
    func secret() async throws {
        let desk = try FranceConnectDesk()
        _ = try await desk.finish()
        let request = try request(desk, "/token")
        let form = try Form(parsing: request.body)
        #expect(
            names(form) == ["client_id", "client_secret", "code", "grant_type", "redirect_uri"])
        #expect(form["client_secret"] == "s e/c+r:et")
        #expect(!request.headers.contains { $0.name == "Authorization" })
    }

    @Test("redeems the code with an assertion where a key is registered")
    func assertion() async throws {
        let (signer, jwk) = try StubProvider.key("rp-key")
        let desk = try FranceConnectDesk(authentication: .privateKeyJWT(signer))
        _ = try await desk.finish()
        let form = try Form(parsing: request(desk, "/token").body)
        #expect(form["client_secret"] == nil)
        let token = try JWT(JWS.verify(JWS.parse(try #require(form["client_assertion"])), key: jwk))
        #expect(token.audience == [StubProvider.issuer])
    }

    @Test("ends in the claims of the signed UserInfo", arguments: [Algorithm.es256, .rs256])
    func identity(_ algorithm: Algorithm) async throws {
        let desk = try FranceConnectDesk(algorithm: algorithm)
        let identity = try await desk.finish(SignInWish(note: "n"))
        #expect(identity.subject == "person-1")
        #expect(identity.acr == "eidas1")
        #expect(identity.wish.note == "n")
        #expect(try PivotIdentity(identity.claims).familyName == "DURANT")
        let request = try request(desk, "/userinfo")
        #expect(request.method == .get)
        #expect(request.headers.contains { $0.name == "Accept" && $0.value == "application/jwt" })
    }

    @Test("lasts 30 minutes at most, or what the configuration says")
    func lifetime() async throws {
        let desk = try FranceConnectDesk()
        let pending = try await desk.start().pending
        #expect(pending.expiresAt == desk.now.addingTimeInterval(1800))
        #expect(try await desk.refusal(later: 1800) == .expired)
        let shorter = try FranceConnectDesk { $0.signInLifetime = .seconds(300) }
        #expect(try await shorter.refusal(later: 300) == .expired)
        let standard = try Desk { $0.signInLifetime = .seconds(300) }
        #expect(try await standard.refusal(later: 300) == .expired)
    }

    @Test(
        "leads out by the ID token, a state and an address of its own, and without client_id (SR-39)"
    )
    func signOut() async throws {
        let desk = try FranceConnectDesk()
        let url = try #require(
            try await desk.party.signOut(Secret("old.id.token"), state: "s", at: desk.now))
        #expect(url.hasPrefix("https://op.example.org/session/end?"))
        let sent = try query(url)
        #expect(names(sent) == ["id_token_hint", "post_logout_redirect_uri", "state"])
        #expect(sent["id_token_hint"] == "old.id.token")
        #expect(
            sent["post_logout_redirect_uri"] == "https://rp.example.org/franceconnect/deconnexion")
        #expect(try await desk.party.signOut(nil, state: "s", at: desk.now) == nil)
        desk.provider.fail("/.well-known/openid-configuration", .timedOut)
        await #expect(throws: FederationError.unreachable(.timedOut)) {
            try await desk.party.signOut(Secret("old.id.token"), state: "s", at: desk.now)
        }
    }
}

@Suite("The state of a sign-in")
struct StatePrefixTests {
    @Test("begins with the caller's prefix, by which it finds its record, and is random after it")
    func prefix() async throws {
        let desk = try Desk()
        let pending = try await desk.start(SignInWish(statePrefix: "AbC-_~.9")).pending
        #expect(pending.state.hasPrefix("AbC-_~.9."))
        #expect(pending.state.utf8.count == 9 + 43)
        #expect(PendingSignIn.prefix(ofState: pending.state) == "AbC-_~.9")
        #expect(try PendingSignIn(JSON(parsing: pending.json.serialized())) == pending)
        #expect(try await desk.finish(SignInWish(statePrefix: "id")).subject == "person-1")
    }

    @Test("must be the whole of it: another's random part under a known prefix is refused (SR-35)")
    func whole() async throws {
        let desk = try FranceConnectDesk()
        let error = try await desk.refusal(SignInWish(statePrefix: "id")) {
            $0[1].1 = "id." + String(repeating: "A", count: 43)
        }
        #expect(error == .stateMismatch)
    }

    @Test(
        "has no prefix that could leave its place", arguments: ["a b", "a/b", "a&b", "é", "a%41"])
    func refused(_ prefix: String) async throws {
        let desk = try FranceConnectDesk()
        for prefix in [prefix, String(repeating: "a", count: 65)] {
            await #expect(throws: FederationError.notOffered("this prefix of a state")) {
                try await desk.start(SignInWish(statePrefix: prefix))
            }
            #expect(PendingSignIn.prefix(ofState: prefix + ".x") == nil)
        }
    }

    @Test("gives nothing away where it is none of ours", arguments: ["", "abc", ".abc", "."])
    func without(_ state: String) {
        #expect(PendingSignIn.prefix(ofState: state) == nil)
    }
}
