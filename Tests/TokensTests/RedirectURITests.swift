import Testing

@testable import Tokens

/// SR-01, SR-31; security.md 2.1, 2.2, 2.5.
@Suite("A redirect URI")
struct RedirectURITests {
    @Test(
        "of a web client is https, kept as it was written",
        arguments: [
            "https://rp.example.org", "https://rp.example.org/", "https://rp.example.org/cb",
            "https://rp.example.org:8443/cb", "https://rp.example.org/cb?bar=foo",
            "https://rp.example.org/cb?dummy1=lorem&dummy2=ipsum",
            "https://rp.example.org/a/b;c=d/e%20f",
            "https://RP.example.org/Cb", "https://xn--dj-kia8a.example/cb",
            "https://203.0.113.7/cb",
            "https://[2001:db8::1]/cb", "https://[2001:db8::1]:8443/cb", "https://rp/cb",
            "HTTPS://rp.example.org/cb",
            "https://rp.example.org/a.b/..c/d..", "https://rp.example.org/cb?next=%2F..%2Fx",
        ])
    func good(text: String) throws {
        #expect(try RedirectURI(text).text == text)
        #expect(try RedirectURI(text).matches(text))
    }

    @Test(
        "is refused",
        arguments: [
            ("", URIError.malformed), ("/cb", .malformed), ("cb", .malformed),
            ("//rp.example.org/cb", .malformed),
            ("https:", .malformed), ("https://", .malformed), ("https:///cb", .malformed),
            ("https:/rp.example.org/cb", .schemeNotAllowed),
            ("https:rp.example.org", .schemeNotAllowed),
            ("http://rp.example.org/cb", .schemeNotAllowed),
            ("http://localhost/cb", .schemeNotAllowed),
            ("http://127.0.0.1/cb", .schemeNotAllowed),
            ("ftp://rp.example.org/cb", .schemeNotAllowed),
            ("javascript:alert(1)", .schemeNotAllowed), ("JaVaScRiPt:alert(1)", .schemeNotAllowed),
            ("data:text/html,x", .schemeNotAllowed), ("file:///etc/passwd", .malformed),
            ("file:/etc/passwd", .schemeNotAllowed),
            ("vbscript:x", .schemeNotAllowed), ("blob:https://rp.example.org/x", .schemeNotAllowed),
            ("about:blank", .schemeNotAllowed), ("fr.example.app:/cb", .schemeNotAllowed),
            ("https://rp.example.org/cb#", .fragment), ("https://rp.example.org/cb#x", .fragment),
            ("https://rp.example.org/cb#a#b", .malformed),
            ("https://user@rp.example.org/cb", .userInformation),
            ("https://user:pw@rp.example.org/cb", .userInformation),
            ("https://@rp.example.org/cb", .userInformation),
            ("https://rp.example.org@evil.example/cb", .userInformation),
            ("https://a@b@rp.example.org/cb", .userInformation),
            ("https://*.example.org/cb", .wildcard), ("https://*/cb", .wildcard),
            ("https://rp.example.org/*", .wildcard),
            ("https://rp.example.org/cb?x=*", .wildcard),
            ("https://rp.example.org/../cb", .dotSegment),
            ("https://rp.example.org/./cb", .dotSegment),
            ("https://rp.example.org/a/..", .dotSegment),
            ("https://rp.example.org/%2e%2e/cb", .dotSegment),
            ("https://rp.example.org/.%2E/cb", .dotSegment),
            ("https://rp.example.org/%2e/cb", .dotSegment),
            ("https://rp.example.org/..;/cb", .dotSegment),
            ("https://rp.example.org/..;x=y/cb", .dotSegment),
            ("https://rp.example.org\\@evil.example/cb", .malformed),
            ("https:\\\\rp.example.org\\cb", .malformed),
            ("https://rp.example.org/c b", .malformed), (" https://rp.example.org/cb", .malformed),
            ("https://rp.example.org/cb ", .malformed), ("https://rp.example.org/cb\t", .malformed),
            ("https://rp.exa\tmple.org/cb", .malformed),
            ("https://rp.example.org/\ncb", .malformed),
            ("https://rp.example.org/cb\r\nX: y", .malformed),
            ("https://rp.example.org/\0cb", .malformed),
            ("https://rp.example.org/\"cb", .malformed),
            ("https://rp.example.org/<cb>", .malformed),
            ("https://rp.example.org/{cb}", .malformed), ("https://rp.example.org/c|b", .malformed),
            ("https://rp.example.org/c^b", .malformed), ("https://rp.example.org/c`b", .malformed),
            ("https://rp.example.org/é", .malformed), ("https://é.example/cb", .malformed),
            ("https://rp。example.org/cb", .malformed), ("https://rp.example.org/%", .malformed),
            ("https://rp.example.org/%2", .malformed), ("https://rp.example.org/%zz", .malformed),
            ("https://rp.example.org:/cb", .malformed), ("https://rp.example.org:0/cb", .malformed),
            ("https://rp.example.org:65536/cb", .malformed),
            ("https://rp.example.org:080/cb", .malformed),
            ("https://rp.example.org:-1/cb", .malformed),
            ("https://rp.example.org:80:80/cb", .malformed),
            ("https://rp.example.org:x/cb", .malformed), ("https://rp..example.org/cb", .malformed),
            ("https://.example.org/cb", .malformed), ("https://rp.example.org./cb", .malformed),
            ("https://-rp.example.org/cb", .malformed), ("https://rp-.example.org/cb", .malformed),
            ("https://rp_x.example.org/cb", .malformed),
            ("https://rp%2eexample.org/cb", .malformed),
            ("https://2130706433/cb", .malformed), ("https://127.1/cb", .malformed),
            ("https://0x7f.1/cb", .malformed),
            ("https://0177.0.0.1/cb", .malformed), ("https://127.0.0.256/cb", .malformed),
            ("https://1.2.3.4.5/cb", .malformed),
            ("https://[::1/cb", .malformed), ("https://::1/cb", .malformed),
            ("https://[::1%25eth0]/cb", .malformed),
            ("https://[rp.example.org]/cb", .malformed), ("https://[::1]x/cb", .malformed),
            ("https://rp.example.org/[x]", .malformed),
            ("https://rp.example.org/cb?code=1", .reservedParameter),
            ("https://rp.example.org/cb?a=1&state=x", .reservedParameter),
            ("https://rp.example.org/cb?%63ode=1", .reservedParameter),
            ("https://rp.example.org/cb?iss=x", .reservedParameter),
            ("https://rp.example.org/cb?a=%00", .malformed),
            ("https://rp.example.org/" + String(repeating: "a", count: 2048), .tooLong),
            ("https://" + String(repeating: "a", count: 64) + ".example/cb", .malformed),
        ])
    func refused(text: String, error: URIError) {
        #expect(throws: error) { try RedirectURI(text) }
    }

    @Test(
        "of a native client may be a loopback address or a scheme with a dot (RFC 8252 §7)",
        arguments: [
            "http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", "http://[::1]:1/cb",
            "fr.example.app:/oauth2redirect",
            "https://app.example.org/cb", "http://127.8.9.1/",
        ])
    func native(text: String) throws {
        _ = try RedirectURI(text, rules: .native)
    }

    /// security.md 2.2
    @Test(
        "of a native client is nothing else",
        arguments: [
            "http://localhost/cb", "http://localhost.evil.test/cb", "http://127.0.0.1.evil.test/cb",
            "http://128.0.0.1/cb", "http://[::2]/cb", "http://[::ffff:127.0.0.1]/cb", "myapp:/cb",
            "fr.example.app://host/cb", "fr.example.app:cb", "FR.example.app:/cb", "javascript:/x",
            "http://evil.example/cb",
        ])
    func nativeRefused(text: String) {
        #expect(throws: URIError.self) { try RedirectURI(text, rules: .native) }
    }

    @Test("in development may be localhost by its whole name")
    func development() throws {
        _ = try RedirectURI("http://localhost:8082/cb", rules: .development)
        for text in [
            "http://localhost.evil.test/cb", "http://localhost@evil.test/cb", "http://xlocalhost/",
        ] {
            #expect(throws: URIError.self) { try RedirectURI(text, rules: .development) }
        }
    }

    /// oidcc-ensure-registered-redirect-uri, oidcc-redirect-uri-query-mismatch, …-query-added
    @Test(
        "matches itself byte for byte and no mutation of it",
        arguments: [
            "https://rp.example.org/cb/", "https://rp.example.org/cb?",
            "https://rp.example.org/cb?a=1",
            "https://rp.example.org/CB", "https://RP.example.org/cb", "HTTPS://rp.example.org/cb",
            "https://rp.example.org:443/cb", "https://rp.example.org/%63b",
            "https://rp.example.org/cb#x",
            "https://rp.example.org/./cb", "https://rp.example.org//cb",
            "https://rp.example.org/cb ", "",
            "https://rp.example.org", "https://user@rp.example.org/cb",
            "https://rp.example.org.evil.example/cb",
            "https://evil.example/https://rp.example.org/cb", "http://rp.example.org/cb",
            "https://rp.example.org/cb/../cb",
            "https://rp.example.org/cb\0", "https://rp.example.org/cb%00",
            "https://rp.example.org\\cb",
        ])
    func mutations(text: String) throws {
        let uri = try RedirectURI("https://rp.example.org/cb")
        #expect(!uri.matches(text))
        #expect(!uri.matches(text, loopbackPortVaries: true))
    }

    @Test("on a loopback address matches with any port for native clients only (RFC 8252 §7.3)")
    func loopbackPorts() throws {
        let uri = try RedirectURI("http://127.0.0.1/cb?x=1", rules: .native)
        #expect(uri.matches("http://127.0.0.1:51004/cb?x=1", loopbackPortVaries: true))
        #expect(!uri.matches("http://127.0.0.1:51004/cb?x=1"))
        for other in [
            "http://127.0.0.2:51004/cb?x=1", "http://127.0.0.1:51004/cb",
            "http://127.0.0.1:51004/cb?x=2",
            "http://localhost:51004/cb?x=1", "https://127.0.0.1:51004/cb?x=1",
            "http://[::1]:51004/cb?x=1",
            "http://127.0.0.1:51004/cb?x=1#y", "http://127.0.0.1:99999/cb?x=1",
            "HTTP://127.0.0.1:51004/cb?x=1",
            "http://127.0.0.1:51004@evil.example/cb?x=1", "http://127.0.0.1.evil.example/cb?x=1",
        ] {
            #expect(!uri.matches(other, loopbackPortVaries: true), "\(other)")
        }
        let localhost = try RedirectURI("http://localhost/cb", rules: .development)
        #expect(!localhost.matches("http://localhost:51004/cb", loopbackPortVaries: true))
    }

    /// oidcc-redirect-uri-query-OK, security.md 2.49
    @Test(
        "takes the answer's parameters into its query, escaped",
        arguments: [
            (
                "https://rp.example.org/cb",
                "https://rp.example.org/cb?code=c+d&state=%22%3E%3C%0D%0A%26"
            ),
            (
                "https://rp.example.org/cb?",
                "https://rp.example.org/cb?code=c+d&state=%22%3E%3C%0D%0A%26"
            ),
            (
                "https://rp.example.org/cb?bar=foo",
                "https://rp.example.org/cb?bar=foo&code=c+d&state=%22%3E%3C%0D%0A%26"
            ),
            (
                "https://rp.example.org/cb?bar=foo&",
                "https://rp.example.org/cb?bar=foo&code=c+d&state=%22%3E%3C%0D%0A%26"
            ),
            ("https://rp.example.org", "https://rp.example.org?code=c+d&state=%22%3E%3C%0D%0A%26"),
        ])
    func appending(text: String, expected: String) throws {
        let query = [("code", "c d"), ("state", "\"><\r\n&")]
        #expect(try RedirectURI(text).appending(query: query) == expected)
        #expect(try RedirectURI(text).appending(query: []) == text)
    }
}

@Suite("A URI")
struct URIReferenceTests {
    @Test("is taken apart by RFC 3986")
    func parts() throws {
        let uri = try URIReference("HTTPS://Example.ORG:8443/a/b?c=d?e#f")
        #expect(uri.scheme == "https" && uri.host == .name("example.org") && uri.port == 8443)
        #expect(uri.path == "/a/b" && uri.query == "c=d?e" && uri.fragment == "f")
        #expect(uri.origin == "https://example.org:8443")
        #expect(try URIReference("https://e.example:443/").origin == "https://e.example")
        #expect(try URIReference("http://[2001:DB8::1]:80").origin == "http://[2001:db8::1]")
        #expect(try URIReference("urn:educonnect:acr:password").origin == nil)
        #expect(try URIReference("https://e.example?x").query == "x")
        #expect(
            try URIReference("https://e.example/p#f").appending(query: [("a", "b")])
                == "https://e.example/p?a=b#f")
    }

    @Test("is for the web when it is https; in development also http on this machine")
    func web() throws {
        #expect(try URIReference("https://e.example/jwks").isWeb(development: false))
        #expect(try !URIReference("http://127.0.0.1:8082/jwks").isWeb(development: false))
        #expect(try URIReference("http://127.0.0.1:8082/jwks").isWeb(development: true))
        #expect(try URIReference("http://localhost/").isWeb(development: true))
        #expect(try !URIReference("http://e.example/").isWeb(development: true))
        #expect(try !URIReference("urn:x:y").isWeb(development: true))
    }
}
