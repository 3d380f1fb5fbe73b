import Flow
import FoundationEssentials
import Testing
import Tokens

@Suite("An authorization request")
struct AuthorizationRequestTests {
    private static func failure(
        _ changes: [(String, String)], _ client: RegisteredClient? = nil
    ) throws -> AuthorizationFailure? {
        let client = try client ?? Samples.client()
        do {
            _ = try Samples.request(changes, client)
            return nil
        } catch let failure as AuthorizationFailure {
            return failure
        }
    }

    private static func code(
        _ changes: [(String, String)], _ client: RegisteredClient? = nil
    ) throws -> OAuthError.Code? {
        guard case .redirect(let error, _) = try failure(changes, client) else { return nil }
        return error.code
    }

    @Test("is taken with every parameter kept as it was sent (oidcc-server)")
    func good() throws {
        let request = try Samples.request([], Samples.client())
        #expect(request.target.uri.text == Samples.redirectURI)
        #expect(request.target.state == "af0ifjsldkj")
        #expect(request.nonce == "n-0S6_WzA2Mj")
        #expect(request.scope.text == "openid profile")
        #expect(request.codeChallenge == Samples.challenge)
    }

    @Test(
        "whose redirect URI is not byte for byte a registered one is never sent back (SR-01)",
        arguments: [
            "https://teleservice.example.org/callback/",
            "https://teleservice.example.org/callback?a=b",
            "https://teleservice.example.org/Callback", "https://TELESERVICE.example.org/callback",
            "https://teleservice.example.org:443/callback",
            "https://teleservice.example.org/./callback",
            "https://teleservice.example.org/callback#x", "http://teleservice.example.org/callback",
            "https://teleservice.example.org.evil.example/callback",
            "https://a@teleservice.example.org/callback",
            "https://teleservice.example.org\\callback",
            "https://teleservice.example.org/%63allback", "//teleservice.example.org/callback",
            "javascript:alert(1)", "https://teleservice.example.org/callback%00",
            " https://teleservice.example.org/callback",
            "https://teleservice.example.org/callback%0a",
        ])
    func redirectURI(_ uri: String) throws {
        #expect(try Self.failure([("redirect_uri", uri)]) == .page(.unknownRedirectURI))
    }

    @Test(
        "without a redirect URI is never sent back (oidcc-ensure-redirect-uri-in-authorization-request)"
    )
    func missingRedirectURI() throws {
        #expect(try Self.failure([("redirect_uri", "")]) == .page(.missingRedirectURI))
    }

    @Test(
        "with something wrong is sent back with the right error (conformance §2, §4, §11)",
        arguments: [
            ([("response_type", "")], OAuthError.Code.invalidRequest),
            ([("response_type", "token")], .unsupportedResponseType),
            ([("response_type", "code id_token")], .unsupportedResponseType),
            ([("response_mode", "fragment")], .invalidRequest),
            ([("scope", "")], .invalidScope),
            ([("scope", "profile")], .invalidScope),
            ([("scope", "openid \"x\"")], .invalidScope),
            ([("code_challenge", "")], .invalidRequest),
            ([("code_challenge", ""), ("code_challenge_method", "")], .invalidRequest),
            ([("code_challenge_method", "plain")], .invalidRequest),
            ([("code_challenge_method", "")], .invalidRequest),
            ([("code_challenge", "short")], .invalidRequest),
            ([("prompt", "none login")], .invalidRequest),
            ([("prompt", "none none")], .invalidRequest),
            ([("prompt", "create")], .invalidRequest),
            ([("max_age", "-1")], .invalidRequest),
            ([("max_age", "+5")], .invalidRequest),
            ([("max_age", "soon")], .invalidRequest),
            ([("max_age", "99999999999999999999")], .invalidRequest),
            ([("request", "eyJ")], .requestNotSupported),
            ([("request_uri", "https://a.example.org/r")], .requestURINotSupported),
            ([("registration", "{}")], .registrationNotSupported),
            ([("id_token_hint", "somebody else's")], .invalidRequest),
            ([("state", String(repeating: "s", count: 2049))], .invalidRequest),
            ([("nonce", String(repeating: "n", count: 513))], .invalidRequest),
        ])
    func refused(_ changes: [(String, String)], _ code: OAuthError.Code) throws {
        #expect(try Self.code(changes) == code)
    }

    @Test("keeps its state in an error, exactly (conformance §4)")
    func stateInError() throws {
        let state = String(repeating: "é/+ ", count: 32)
        let changes = [("state", state), ("prompt", "create")]
        guard case .redirect(_, let target) = try Self.failure(changes) else {
            Issue.record("not sent back")
            return
        }
        #expect(target.state == state)
    }

    @Test(
        "is never refused for these (oidcc-login-hint, oidcc-ui-locales, oidcc-display-page, unknown parameter)",
        arguments: [
            ("login_hint", "quelqu'un"), ("ui_locales", "se"), ("claims_locales", "se"),
            ("display", "popup"), ("acr_values", "1 2"), ("extra", "foobar"),
            ("prompt", "login consent"),
            ("nonce", ""), ("state", ""), ("response_mode", "form_post"),
            ("id_token_hint", "our token"),
        ])
    func tolerated(_ parameter: (String, String)) throws {
        #expect(try Self.failure([parameter]) == nil)
    }

    @Test(
        "whose parameter comes twice is refused (SR-06)",
        arguments: ["nonce", "scope", "prompt", "extra"])
    func repeated(_ name: String) throws {
        let text = Form.encode(Samples.parameters() + [(name, "a"), (name, "b")])
        let form = try Form(parsing: text)
        #expect(throws: AuthorizationFailure.self) {
            try Samples.request(form: form, Samples.client())
        }
    }

    @Test(
        "whose redirect URI or state comes twice is never sent back (SR-06, security history 2.3)")
    func repeatedTarget() throws {
        for name in ["redirect_uri", "state", "response_mode"] {
            let extra = [(name, "https://evil.example.org"), (name, "x")]
            let form = try Form(parsing: Form.encode(Samples.parameters() + extra))
            #expect(throws: AuthorizationFailure.page(.repeatedParameter(name))) {
                try Samples.request(form: form, Samples.client())
            }
        }
    }

    @Test("of a legacy client may lack PKCE, but never use plain")
    func legacy() throws {
        var policy = ClientPolicy()
        policy.pkce = .legacy
        let client = try Samples.client(policy: policy)
        let none = [("code_challenge", ""), ("code_challenge_method", "")]
        #expect(try Self.failure(none, client) == nil)
        #expect(try Self.code([("code_challenge_method", "plain")], client) == .invalidRequest)
    }

    @Test("asks for no more than its client registered, and ignores unknown scopes (SR-34)")
    func scopes() throws {
        let client = try Samples.client { $0.scope = Scope("openid email") }
        let request = try Samples.request([("scope", "openid profile email unheard")], client)
        #expect(request.scope.text == "openid email")
    }

    @Test("of a client that can't refresh is never offline")
    func offline() throws {
        let asked = [("scope", "openid offline_access")]
        #expect(try Samples.request(asked, Samples.client()).scope.text == "openid")
        let refreshing = try Samples.client {
            $0.grantTypes = [.authorizationCode, .refreshToken]
        }
        #expect(try Samples.request(asked, refreshing).scope.text == "openid offline_access")
    }

    @Test(
        "takes a parameter without a value for one that is left out (RFC 6749 §3.1)",
        arguments: [
            "max_age", "id_token_hint", "response_mode", "request", "request_uri", "registration",
            "acr_values", "nonce", "state", "prompt", "login_hint",
        ])
    func emptyParameter(_ name: String) throws {
        let client = try Samples.client()
        let without = Samples.parameters().filter { $0.0 != name }
        let form = try Form(parsing: Form.encode(without + [(name, "")]))
        let request = try Samples.request(form: form, client)
        #expect(request == (try Samples.request(form: Form(without), client)))
    }

    @Test("without values for PKCE is one without PKCE (RFC 6749 §3.1)")
    func emptyChallenge() throws {
        let names = ["code_challenge", "code_challenge_method"]
        let without = Samples.parameters().filter { !names.contains($0.0) }
        let form = Form(without + names.map { ($0, "") })
        var policy = ClientPolicy()
        policy.pkce = .legacy
        let legacy = try Samples.request(form: form, Samples.client(policy: policy))
        #expect(legacy.codeChallenge == nil)
        #expect(throws: AuthorizationFailure.self) {
            try Samples.request(form: form, Samples.client())
        }
        let noMethod = Samples.parameters().filter { $0.0 != "code_challenge_method" }
        #expect(throws: AuthorizationFailure.self) {
            try Samples.request(
                form: Form(noMethod + [("code_challenge_method", "")]), Samples.client())
        }
    }

    @Test("freezes how old a sign-in may be at the moment it is read")
    func maxAge() throws {
        let request = try Samples.request([("max_age", "60")], Samples.client())
        #expect(request.authenticatedSince == Samples.now - .seconds(60))
    }
}
