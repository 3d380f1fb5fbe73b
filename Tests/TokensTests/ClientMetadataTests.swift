import Testing

@testable import Tokens

@Suite("A client's metadata")
struct ClientMetadataTests {
    static let minimal: JSON = ["redirect_uris": ["https://rp.example.org/cb"]]

    static func with(_ changes: [String: JSON?], base: JSON = minimal) -> JSON {
        guard case .object(var members) = base else { return base }
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    @Test("has the standards' defaults where it says nothing (RFC 7591 §2, Registration §2)")
    func defaults() throws {
        let metadata = try ClientMetadata(Self.minimal)
        #expect(metadata.redirectURIs.map(\.text) == ["https://rp.example.org/cb"])
        #expect(metadata.applicationType == .web)
        #expect(metadata.authenticationMethod == .clientSecretBasic)
        #expect(metadata.grantTypes == [.authorizationCode])
        #expect(metadata.responseTypes == [.code])
        #expect(metadata.idTokenAlgorithm == .rs256)
        #expect(metadata.userInfoAlgorithm == nil)
        #expect(metadata.subjectType == .pairwise)
        #expect(metadata.requireAuthTime == false)
        #expect(metadata.scope?.text == "openid profile")
        #expect(metadata.json.member("scope") == "openid profile")
    }

    static func full() throws -> JSON {
        let key = try TestKeys.jwk(.es256).json
        return [
            "redirect_uris": ["https://rp.example.org/cb?x=1", "https://rp.example.org/other"],
            "application_type": "web", "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256", "scope": "openid profile",
            "client_name": "Livret scolaire", "client_name#en": "School reports",
            "client_uri": "https://rp.example.org/", "logo_uri": "https://rp.example.org/logo.png",
            "policy_uri": "https://rp.example.org/policy#top",
            "tos_uri": "https://rp.example.org/tos",
            "contacts": ["support@example.org"], "software_id": "lsu", "software_version": "1.2",
            "jwks": ["keys": [key]], "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "EdDSA", "subject_type": "public",
            "default_max_age": 3600, "require_auth_time": true,
            "default_acr_values": ["urn:educonnect:acr:password"],
            "initiate_login_uri": "https://rp.example.org/login",
            "request_uris": ["https://rp.example.org/r.jwt#hash"],
            "post_logout_redirect_uris": ["https://rp.example.org/bye"],
            "backchannel_logout_uri": "https://rp.example.org/logout/back",
            "backchannel_logout_session_required": true,
            "frontchannel_logout_uri": "https://rp.example.org/logout/front",
            "frontchannel_logout_session_required": true,
        ]
    }

    @Test("comes back from its JSON with every member, defaults spelt out")
    func roundTrip() throws {
        let json = try Self.full()
        let metadata = try ClientMetadata(json)
        #expect(metadata.json == json)
        #expect(try ClientMetadata(metadata.json) == metadata)
        #expect(metadata.defaultMaxAge == .seconds(3600))
        #expect(metadata.clientNames == ["en": "School reports"])
        #expect(metadata.jwks?.keys.count == 1)
        let minimal = try ClientMetadata(Self.minimal)
        #expect(try ClientMetadata(minimal.json) == minimal)
        #expect(minimal.json.member("grant_types") == ["authorization_code"])
        #expect(minimal.json.member("token_endpoint_auth_method") == "client_secret_basic")
    }

    /// security.md 2.21: what only the operator decides can't be registered.
    @Test("leaves unknown members out")
    func unknown() throws {
        let json = Self.with([
            "client_id": "me", "client_secret": "s", "trusted": true,
            "educonnect": ["pkce": "legacy"],
            "consent": "none", "sector": "x",
        ])
        #expect(try ClientMetadata(json) == ClientMetadata(Self.minimal))
        #expect(
            try ClientMetadata(json).json.unknownMembers(besides: [
                "redirect_uris", "application_type", "grant_types", "response_types",
                "token_endpoint_auth_method", "id_token_signed_response_alg", "subject_type",
                "require_auth_time", "scope",
            ]).isEmpty)
    }

    @Test(
        "is refused with the path of what is wrong",
        arguments: [
            ("redirect_uris", nil, "redirect_uris", OAuthError.Code.invalidRedirectURI),
            ("redirect_uris", [], "redirect_uris", .invalidRedirectURI),
            ("redirect_uris", "https://rp.example.org/cb", "redirect_uris", .invalidClientMetadata),
            (
                "redirect_uris", ["https://rp.example.org/cb#x"], "redirect_uris[0]",
                .invalidRedirectURI
            ),
            (
                "redirect_uris", ["https://rp.example.org/cb", "javascript:x"], "redirect_uris[1]",
                .invalidRedirectURI
            ),
            ("redirect_uris", [1], "redirect_uris[0]", .invalidClientMetadata),
            ("grant_types", ["implicit"], "grant_types[0]", .invalidClientMetadata),
            ("grant_types", ["password"], "grant_types[0]", .invalidClientMetadata),
            ("grant_types", ["refresh_token"], "grant_types", .invalidClientMetadata),
            ("response_types", ["code id_token"], "response_types[0]", .invalidClientMetadata),
            ("response_types", ["token"], "response_types[0]", .invalidClientMetadata),
            ("response_types", [], "response_types", .invalidClientMetadata),
            (
                "token_endpoint_auth_method", "client_secret_jwt", "token_endpoint_auth_method",
                .invalidClientMetadata
            ),
            (
                "token_endpoint_auth_method", "private_key_jwt", "token_endpoint_auth_method",
                .invalidClientMetadata
            ),
            (
                "token_endpoint_auth_signing_alg", "HS256", "token_endpoint_auth_signing_alg",
                .invalidClientMetadata
            ),
            (
                "id_token_signed_response_alg", "none", "id_token_signed_response_alg",
                .invalidClientMetadata
            ),
            (
                "userinfo_signed_response_alg", "none", "userinfo_signed_response_alg",
                .invalidClientMetadata
            ),
            (
                "request_object_signing_alg", "ES256", "request_object_signing_alg",
                .invalidClientMetadata
            ),
            (
                "require_pushed_authorization_requests", true,
                "require_pushed_authorization_requests", .invalidClientMetadata
            ),
            (
                "dpop_bound_access_tokens", true, "dpop_bound_access_tokens", .invalidClientMetadata
            ),
            (
                "dpop_bound_access_tokens", "true", "dpop_bound_access_tokens",
                .invalidClientMetadata
            ),
            (
                "id_token_encrypted_response_alg", "RSA-OAEP", "id_token_encrypted_response_alg",
                .invalidClientMetadata
            ),
            ("application_type", "desktop", "application_type", .invalidClientMetadata),
            ("subject_type", "secret", "subject_type", .invalidClientMetadata),
            ("scope", "open\"id", "scope", .invalidClientMetadata),
            ("client_name", "", "client_name", .invalidClientMetadata),
            ("client_name", " ", "client_name", .invalidClientMetadata),
            ("client_name", "a\u{202e}b", "client_name", .invalidClientMetadata),
            ("client_name", "a\nb", "client_name", .invalidClientMetadata),
            (
                "client_name", .string(String(repeating: "x", count: 201)), "client_name",
                .invalidClientMetadata
            ),
            ("client_name", 1, "client_name", .invalidClientMetadata),
            ("client_name#", "x", "client_name#", .invalidClientMetadata),
            ("client_name#fr_FR", "x", "client_name#fr_FR", .invalidClientMetadata),
            ("logo_uri", "http://rp.example.org/logo.png", "logo_uri", .invalidClientMetadata),
            ("logo_uri", "javascript:alert(1)", "logo_uri", .invalidClientMetadata),
            ("client_uri", "https://u@rp.example.org", "client_uri", .invalidClientMetadata),
            ("jwks_uri", "http://rp.example.org/jwks", "jwks_uri", .invalidClientMetadata),
            ("jwks_uri", "file:///etc/passwd", "jwks_uri", .invalidClientMetadata),
            ("jwks", ["keys": 1], "jwks", .invalidClientMetadata),
            (
                "sector_identifier_uri", "https://rp.example.org/s", "sector_identifier_uri",
                .invalidClientMetadata
            ),
            ("default_max_age", -1, "default_max_age", .invalidClientMetadata),
            ("default_max_age", "60", "default_max_age", .invalidClientMetadata),
            ("default_max_age", .integer(.max), "default_max_age", .invalidClientMetadata),
            ("require_auth_time", "true", "require_auth_time", .invalidClientMetadata),
            (
                "initiate_login_uri", "http://rp.example.org/login", "initiate_login_uri",
                .invalidClientMetadata
            ),
            (
                "post_logout_redirect_uris", ["http://rp.example.org/"],
                "post_logout_redirect_uris[0]", .invalidClientMetadata
            ),
            (
                "backchannel_logout_uri", "https://rp.example.org/#f", "backchannel_logout_uri",
                .invalidClientMetadata
            ),
            (
                "frontchannel_logout_uri", "https://other.example/l", "frontchannel_logout_uri",
                .invalidClientMetadata
            ),
            ("contacts", ["a\r\nb"], "contacts[0]", .invalidClientMetadata),
        ] as [(String, JSON?, String, OAuthError.Code)])
    func refused(name: String, value: JSON?, path: String, code: OAuthError.Code) {
        #expect { try ClientMetadata(Self.with([name: value])) } throws: { error in
            let errors = (error as? ClientMetadataErrors)?.errors ?? []
            return errors.contains { $0.path == path && $0.code == code }
        }
    }

    @Test("is refused when lists are too long or it is no object at all")
    func shape() {
        let many = (0..<33).map { JSON.string("https://rp.example.org/\($0)") }
        #expect(throws: ClientMetadataErrors.self) {
            try ClientMetadata(["redirect_uris": .array(many)])
        }
        #expect(throws: ClientMetadataErrors.self) { try ClientMetadata([]) }
        #expect(throws: ClientMetadataErrors.self) { try ClientMetadata("x") }
    }

    @Test("names all its errors at once")
    func all() throws {
        let json = Self.with(["logo_uri": 1, "subject_type": "x", "default_max_age": -1])
        let errors = #expect(throws: ClientMetadataErrors.self) { try ClientMetadata(json) }
        #expect(
            errors?.errors.map(\.path).sorted() == ["default_max_age", "logo_uri", "subject_type"])
        #expect(errors?.oauthError == OAuthError(.invalidClientMetadata))
    }

    @Test("joins its members: keys twice, machine clients without a secret")
    func together() throws {
        let key = try TestKeys.jwk(.es256).json
        #expect(throws: ClientMetadataErrors.self) {
            try ClientMetadata(
                Self.with(["jwks": ["keys": [key]], "jwks_uri": "https://rp.example.org/j"]))
        }
        #expect(throws: ClientMetadataErrors.self) {
            try ClientMetadata([
                "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none",
            ])
        }
        let machine = try ClientMetadata(["grant_types": ["client_credentials"]])
        #expect(machine.responseTypes.isEmpty && machine.redirectURIs.isEmpty)
        #expect(machine.scope == nil, "what it may do, it must say")
    }

    @Test("promises nothing that nobody keeps: keys at a jwks_uri are not read, what is false is")
    func promises() throws {
        let elsewhere = Self.with([
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://rp.example.org/jwks",
        ])
        #expect {
            try ClientMetadata(elsewhere)
        } throws: { error in
            (error as? ClientMetadataErrors)?.oauthError.description.contains("jwks_uri") == true
        }
        let kept = Self.with([
            "require_pushed_authorization_requests": false, "dpop_bound_access_tokens": false,
            "require_auth_time": true,
        ])
        #expect(try ClientMetadata(kept).requireAuthTime, "auth_time is always sent")
    }

    @Test("that was registered before a promise was refused stays readable")
    func stored() throws {
        let old = Self.with([
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://rp.example.org/jwks",
            "sector_identifier_uri": "https://rp.example.org/s", "dpop_bound_access_tokens": true,
            "request_object_signing_alg": "ES256",
        ])
        #expect(throws: ClientMetadataErrors.self) { try ClientMetadata(old) }
        #expect(try ClientMetadata(old, isStored: true).authenticationMethod == .privateKeyJWT)
    }

    /// security.md 2.20: private members in a registered set are a leak.
    @Test("is refused with a private key in its set")
    func privateKey() throws {
        let key = try TestKeys.p256.get().jwk()
        #expect(throws: ClientMetadataErrors.self) {
            try ClientMetadata(Self.with(["jwks": ["keys": [key]]]))
        }
    }

    @Test("of a native client may vary its loopback port; development allows localhost")
    func native() throws {
        let native = try ClientMetadata([
            "application_type": "native", "token_endpoint_auth_method": "none",
            "redirect_uris": ["http://127.0.0.1/cb", "fr.example.app:/cb"],
        ])
        #expect(native.redirectURI(matching: "http://127.0.0.1:5000/cb") != nil)
        #expect(native.redirectURI(matching: "fr.example.app:/cb") != nil)
        #expect(native.redirectURI(matching: "http://localhost:5000/cb") == nil)
        let local: JSON = ["redirect_uris": ["http://localhost:8082/cb"]]
        #expect(throws: ClientMetadataErrors.self) { try ClientMetadata(local) }
        let web = try ClientMetadata(local, development: true)
        #expect(web.redirectURI(matching: "http://localhost:8082/cb") != nil)
        #expect(web.redirectURI(matching: "http://localhost:8083/cb") == nil)
        #expect(web.postLogoutRedirectURI(matching: "http://localhost:8082/cb") == nil)
    }
}
