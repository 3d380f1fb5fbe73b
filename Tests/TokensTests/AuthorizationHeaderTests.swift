import Testing

@testable import Tokens

@Suite("An Authorization header")
struct AuthorizationHeaderTests {
    static func encoded(_ text: String) -> String {
        "Basic " + Base64.encode(Array(text.utf8))
    }

    @Test("holds a client's id and secret, form-encoded (RFC 6749 §2.3.1)")
    func basic() {
        #expect(
            AuthorizationHeader("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")
                == .basic(clientID: "s6BhdRkqt3", secret: Secret("gX1fBat3bV")))
        #expect(
            AuthorizationHeader(Self.encoded("https%3A%2F%2Frp.example:a%3Ab+c:d"))
                == .basic(clientID: "https://rp.example", secret: Secret("a:b c:d")))
        #expect(
            AuthorizationHeader(Self.encoded("id:")) == .basic(clientID: "id", secret: Secret("")))
    }

    /// fapi2-security-profile-final-access-token-type-header-case-sensitivity
    @Test(
        "holds a token under Bearer or DPoP in any case",
        arguments: [
            "Bearer", "bEARER", "BEARER",
        ])
    func tokens(scheme: String) {
        #expect(AuthorizationHeader(scheme + " a-._~+/9==") == .bearer(Secret("a-._~+/9==")))
        #expect(AuthorizationHeader("dpop x") == .dpop(Secret("x")))
        #expect(AuthorizationHeader("Bearer   x") == .bearer(Secret("x")))
    }

    /// security.md 2.15, 2.21
    @Test(
        "is refused when it is empty, bare, foreign or malformed",
        arguments: [
            "", " ", "Bearer", "Bearer ", "Bearer  ", "Bearer a b", "Bearer a,b", "Bearer é",
            "Bearer =",
            "Bearer a=b", "Bearer a\n", "Basic", "Basic ", "Basic !!", "Basic czZCaGRSa3F0Mw",
            "Basic Og==", "Digest x", "Token x", "Bearer" + String(repeating: "x", count: 9000),
            "Bearer " + String(repeating: "x", count: 9000), encoded("no colon"),
            encoded(":secret"),
            encoded("id:%zz"), encoded("id:%00"), encoded("i d:x"), encoded("é:x"),
            encoded("id:%ff"),
        ])
    func refused(value: String) {
        #expect(AuthorizationHeader(value) == nil)
    }
}
