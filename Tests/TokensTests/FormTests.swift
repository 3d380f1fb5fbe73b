import Testing

@testable import Tokens

@Suite("A form")
struct FormTests {
    @Test("is read with its escapes, in order")
    func reading() throws {
        let form = try Form(
            parsing: "a=1&b=x+y%20z&c=%C3%A9%e2%82%ac&d=&e&f=a=b&%61%62=c&&g=%26%3D%25%2B&")
        #expect(form["a"] == "1")
        #expect(form["b"] == "x y z")
        #expect(form["c"] == "é€")
        #expect(form["d"] == "" && form["e"] == "")
        #expect(form["f"] == "a=b")
        #expect(form["ab"] == "c")
        #expect(form["g"] == "&=%+")
        #expect(form["h"] == nil)
        #expect(form.parameters.count == 8)
        #expect(form.duplicates.isEmpty)
    }

    @Test("takes a parameter without a value as left out (RFC 6749 §3.1)")
    func empty() throws {
        let form = try Form(parsing: "state=&nonce=n")
        #expect(form.parameter("state") == nil)
        #expect(form.parameter("nonce") == "n")
        #expect(form.parameter("other") == nil)
        #expect(try Form(parsing: "").parameters.isEmpty)
        #expect(try Form(parsing: "&&&").parameters.isEmpty)
    }

    /// security.md 2.3, SR-06
    @Test("remembers every name that came twice, also when escaped or empty")
    func duplicates() throws {
        let form = try Form(parsing: "a=1&b=2&a=1&%61=3&c=&c=&d=4")
        #expect(form.duplicates == ["a", "c"])
        #expect(form["a"] == "1")
        #expect(Form([("x", "1"), ("x", "2")]).duplicates == ["x"])
        #expect(try Form(parsing: "x=1&y=2&x=3").duplicates == ["x"])
    }

    @Test(
        "is refused when an escape is broken, a byte raw, or the text isn't UTF-8",
        arguments: [
            ("a=%", FormError.badEscape), ("a=%4", .badEscape), ("a=%zz", .badEscape),
            ("a=%u0041", .badEscape), ("%=1", .badEscape), ("a=é", .badEscape),
            ("a=x y", .badEscape),
            ("a=x\r\ny", .badEscape), ("a=\u{7f}", .badEscape), ("a=%FF", .notUTF8),
            ("a=%C0%80", .notUTF8), ("a=%ED%A0%80", .notUTF8), ("a=%E2%82", .notUTF8),
            ("%E9=1", .notUTF8), ("a=%00", .controlCharacter), ("a=x%00y", .controlCharacter),
            ("a%00=1", .controlCharacter), ("a=\0", .controlCharacter), ("a=%%41", .badEscape),
        ])
    func refused(text: String, error: FormError) {
        #expect(throws: error) { try Form(parsing: text) }
    }

    @Test("is bounded in bytes, parameters, names and values (security.md 2.48)")
    func bounds() throws {
        let many = (0..<64).map { "p\($0)=1" }.joined(separator: "&")
        #expect(try Form(parsing: many).parameters.count == 64)
        #expect(throws: FormError.tooManyParameters) { try Form(parsing: many + "&q=1") }
        let name = String(repeating: "n", count: 256)
        _ = try Form(parsing: name + "=1")
        #expect(throws: FormError.nameTooLong) { try Form(parsing: name + "n=1") }
        let value = String(repeating: "v", count: 16 * 1024)
        _ = try Form(parsing: "a=" + value)
        #expect(throws: FormError.valueTooLong) { try Form(parsing: "a=v" + value) }
        let escaped = String(repeating: "%76", count: 16 * 1024)
        #expect(try Form(parsing: "a=" + escaped)["a"] == value)
        #expect(throws: FormError.valueTooLong) { try Form(parsing: "a=v" + escaped) }
        #expect(throws: FormError.valueTooLong) { try Form(parsing: "a=" + escaped + "%76") }
        let large = "a=" + [UInt8](repeating: 0x26, count: 64 * 1024).map { _ in "&" }.joined()
        #expect(throws: FormError.tooLarge) { try Form(parsing: large) }
    }

    @Test("is written so that it comes back, whatever its texts")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<1_000 {
            let pairs = (0..<Int.random(in: 1..<8, using: &random)).map { index in
                ("n\(index)" + random.text(3), random.text(Int.random(in: 0..<20, using: &random)))
            }
            let form = try Form(parsing: Form.encode(pairs))
            #expect(form.parameters == pairs.map { Form.Parameter($0, $1) })
        }
        #expect(Form.encode([("a b", "é&=+%~*-._")]) == "a+b=%C3%A9%26%3D%2B%25%7E*-._")
        #expect(Form.encode([]) == "")
    }
}

@Suite("A scope")
struct ScopeTests {
    @Test("is an ordered set of values (RFC 6749 §3.3)")
    func parsing() throws {
        let scope = try #require(Scope("openid  profile openid email"))
        #expect(scope.values == ["openid", "profile", "email"])
        #expect(scope.text == "openid profile email")
        #expect(scope.contains("email") && !scope.contains("phone"))
        let other = try #require(Scope("email openid"))
        #expect(scope.intersection(other).values == ["openid", "email"])
        #expect(other.isSubset(of: scope) && !scope.isSubset(of: other))
        #expect(scope.removing("profile").text == "openid email")
        #expect(try #require(Scope("")).isEmpty)
    }

    @Test(
        "is refused with foreign characters or more than 32 values",
        arguments: [
            "a\tb", "a\nb", "a\"b", "a\\b", "é", "a\u{a0}b", "a\0", "\u{7f}",
            String(repeating: "x", count: 129), (0..<33).map { "s\($0)" }.joined(separator: " "),
        ])
    func refused(text: String) {
        #expect(Scope(text) == nil)
    }
}

@Suite("A code verifier")
struct PKCETests {
    /// RFC 7636 appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    @Test("has the challenge of RFC 7636 appendix B")
    func published() throws {
        #expect(try PKCE.challenge(for: Self.verifier) == Self.challenge)
        #expect(PKCE.isChallenge(Self.challenge))
    }

    @Test(
        "is refused outside 43 to 128 unreserved characters (§4.1)",
        arguments: [
            "", String(repeating: "a", count: 42), String(repeating: "a", count: 129),
            String(repeating: "a", count: 43) + "=", String(repeating: "a", count: 43) + " ",
            String(repeating: "a", count: 43) + "+", String(repeating: "é", count: 43),
        ])
    func refused(verifier: String) {
        #expect(throws: OAuthError(.invalidGrant)) { try PKCE.challenge(for: verifier) }
    }

    @Test("is not its own challenge (plain), nor is what can't be one")
    func wrong() throws {
        #expect(try PKCE.challenge(for: Self.challenge) != Self.challenge)
        for text in [
            "", Self.challenge + "=", Self.challenge + "A", String(Self.challenge.dropLast()) + "N",
        ] {
            #expect(!PKCE.isChallenge(text))
        }
    }
}

@Suite("An OAuth error")
struct OAuthErrorTests {
    @Test("is JSON with error and error_description (RFC 6749 §5.2), equal by code")
    func json() {
        let error = OAuthError(.invalidGrant, "the code has expired")
        #expect(
            String(decoding: error.json, as: UTF8.self)
                == #"{"error":"invalid_grant","error_description":"the code has expired"}"#)
        #expect(
            String(decoding: OAuthError(.invalidClient).json, as: UTF8.self)
                == #"{"error":"invalid_client"}"#)
        #expect(error == OAuthError(.invalidGrant))
        #expect(error != OAuthError(.invalidRequest, "the code has expired"))
    }

    /// conformance.md §4
    @Test("describes itself in the characters that RFC 6749 allows, whatever it is told")
    func description() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let error = OAuthError(.invalidRequest, random.text(40) + "\u{0}\u{202e}")
            for byte in error.description.utf8 {
                #expect(
                    byte == 0x20 || byte == 0x21 || (0x23...0x5b).contains(byte)
                        || (0x5d...0x7e).contains(byte))
            }
        }
        #expect(OAuthError(.invalidRequest, "a \"b\" \\ é\r\n").description == "a 'b' ? ?  ")
        #expect(
            OAuthError(.invalidRequest, String(repeating: "x", count: 1000)).description.count
                == 200)
    }

    @Test("has the status of RFC 6749 §5.2 and RFC 6750 §3.1")
    func status() {
        for code in OAuthError.Code.allCases {
            let expected: Int =
                switch code {
                case .invalidClient, .invalidToken: 401
                case .insufficientScope: 403
                case .serverError: 500
                case .temporarilyUnavailable: 503
                default: 400
                }
            #expect(OAuthError(code).status == expected)
        }
    }

    @Test("challenges with its scheme, error and scope (RFC 6750 §3)")
    func challenge() {
        let error = OAuthError(.insufficientScope, "needs \"openid\"")
        #expect(
            error.challenge(scope: "openid")
                == #"Bearer error="insufficient_scope", error_description="needs 'openid'", scope="openid""#
        )
        #expect(
            OAuthError(.invalidToken).challenge(scheme: "DPoP") == #"DPoP error="invalid_token""#)
        #expect(error.parameters.map(\.0) == ["error", "error_description"])
    }
}
