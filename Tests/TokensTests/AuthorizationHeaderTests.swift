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
            AuthorizationHeader(Self.encoded("https%3A%2F%2Frp.example:a%3Ab+c:d%C3%A9"))
                == .basic(clientID: "https://rp.example", secret: Secret("a:b c:dé")))
        #expect(
            AuthorizationHeader(Self.encoded("id:")) == .basic(clientID: "id", secret: Secret("")))
    }

    /// fapi2-security-profile-final-access-token-type-header-case-sensitivity
    @Test("is read in any case of its scheme", arguments: ["Bearer", "bEARER", "BEARER", "bearer"])
    func tokens(scheme: String) {
        #expect(AuthorizationHeader(scheme + " a-._~+/9==") == .bearer(Secret("a-._~+/9==")))
        #expect(AuthorizationHeader(scheme + "   x") == .bearer(Secret("x")))
    }

    /// security.md 2.15, 2.21
    @Test(
        "says so when its token is missing or malformed",
        arguments: [
            "Bearer", "Bearer ", "Bearer  ", "Bearer a b", "Bearer a,b", "Bearer é", "Bearer =",
            "Bearer a=b", "Bearer a\n", "Bearer " + String(repeating: "x", count: 9000),
        ])
    func malformedToken(value: String) {
        #expect(AuthorizationHeader(value) == .malformed(.bearer))
    }

    /// security.md 2.15, 2.21
    @Test(
        "says so when its id and secret are missing or malformed",
        arguments: [
            "Basic", "Basic ", "Basic !!", "Basic czZCaGRSa3F0Mw", "Basic Og==",
            encoded("no colon"), encoded(":secret"), encoded("id:%zz"), encoded("id:%4"),
            encoded("id:%00"), encoded("id:%0A"), encoded("%7F:x"), encoded("id:\u{1}"),
            encoded("i d:x"), encoded("é:x"), encoded("id:%ff"), encoded("id:x") + ", Basic eDp5",
            encoded("id:" + String(repeating: "x", count: 7000)),
        ])
    func malformedCredentials(value: String) {
        #expect(AuthorizationHeader(value) == .malformed(.basic))
    }

    @Test(
        "of another scheme is none of ours",
        arguments: [
            "", " ", "Digest x", "Token x", "Basi x", "Basicc x", "Bearer\tx", " Bearer x",
            "Bearer" + String(repeating: "x", count: 9000), "\u{2}asic x", "{earer x",
        ])
    func other(value: String) {
        #expect(AuthorizationHeader(value) == .other)
    }
}
