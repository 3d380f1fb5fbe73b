import FoundationEssentials
import Testing

@testable import Tokens

@Suite("An ID token")
struct IDTokenTests {
    static let issuer = "https://op.example.org"

    static func claims(nonce: String? = "n-0S6_WzA2Mj") -> IDTokenClaims {
        IDTokenClaims(
            issuer: issuer, subject: "248289761001", audience: "s6BhdRkqt3", issuedAt: someDay,
            expiresAt: someDay.after(.seconds(300)), authenticatedAt: someDay.after(.seconds(-60)),
            nonce: nonce, acr: "urn:educonnect:acr:password", amr: ["pwd"], sessionID: "08a5019c")
    }

    static func token(_ claims: IDTokenClaims, type: String? = nil) throws -> String {
        try JWS.compact(payload: claims.payload(), type: type, signer: TestKeys.signer(.es256))
    }

    static func verified(
        _ token: String, nonce: String? = "n-0S6_WzA2Mj", clientID: String = "s6BhdRkqt3",
        issuer: String = issuer, accessToken: String? = nil, at now: Date = someDay
    ) throws -> IDTokenClaims {
        try IDTokenClaims.verified(
            token, keys: JWKSet([TestKeys.jwk(.es256)]), issuer: issuer, clientID: clientID,
            nonce: nonce, accessToken: accessToken, at: now)
    }

    @Test("has Core §2's claims in a fixed order, whole seconds, aud as text")
    func payload() {
        var claims = Self.claims()
        claims.further = ["children": [], "iss": "forged", "a": 1]
        #expect(
            String(decoding: claims.payload(), as: UTF8.self)
                == #"{"iss":"https://op.example.org","sub":"248289761001","aud":"s6BhdRkqt3","#
                + #""exp":1795255500,"iat":1795255200,"auth_time":1795255140,"nonce":"n-0S6_WzA2Mj","#
                + #""acr":"urn:educonnect:acr:password","amr":["pwd"],"sid":"08a5019c","a":1,"children":[]}"#
        )
    }

    @Test("comes back verified")
    func roundTrip() throws {
        var claims = Self.claims()
        claims.accessTokenHash = IDTokenClaims.leftHash(of: "token", .es256)
        claims.further = ["children": []]
        #expect(try Self.verified(Self.token(claims), accessToken: "token") == claims)
        let plain = Self.claims(nonce: nil)
        #expect(try Self.verified(Self.token(plain), nonce: nil) == plain)
    }

    /// The published example of Core §3.1.3.6 and A.3/A.6: at_hash and c_hash with RS256.
    @Test("has the hashes of Core's appendix A")
    func hashes() {
        #expect(
            IDTokenClaims.leftHash(of: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", .rs256)
                == "77QmUPtjPfzWtF2AnpK9RQ")
        #expect(
            IDTokenClaims.leftHash(
                of: "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk", .rs256)
                == "LDktKdoQak3Pk0cnXxCltA")
        #expect(IDTokenClaims.leftHash(of: "x", .edDSA).utf8.count == 43)
    }

    /// Core §3.1.3.7
    @Test("is refused for another issuer, client, nonce, time, hash or type")
    func refused() throws {
        let token = try Self.token(Self.claims())
        func refuse(_ code: JWTError.Code, _ body: () throws -> IDTokenClaims) {
            #expect(throws: JWTError(code)) { _ = try body() }
        }
        refuse(.wrongIssuer) { try Self.verified(token, issuer: "https://other.example") }
        refuse(.wrongAudience) { try Self.verified(token, clientID: "other") }
        refuse(.wrongNonce) { try Self.verified(token, nonce: "other") }
        refuse(.wrongNonce) { try Self.verified(token, nonce: nil) }
        refuse(.wrongNonce) { try Self.verified(Self.token(Self.claims(nonce: nil))) }
        refuse(.expired) { try Self.verified(token, at: someDay.after(.seconds(310))) }
        refuse(.issuedInFuture) { try Self.verified(token, at: someDay.after(.seconds(-11))) }
        var claims = Self.claims()
        claims.accessTokenHash = "wrong"
        let hashed = try Self.token(claims)
        refuse(.wrongHash) { try Self.verified(hashed, accessToken: "token") }
        claims = Self.claims()
        claims.audience = ["s6BhdRkqt3", "another"]
        let shared = try Self.token(claims)
        refuse(.wrongAudience) { try Self.verified(shared) }
        claims = Self.claims()
        claims.authorizedParty = "another"
        let foreign = try Self.token(claims)
        refuse(.wrongAudience) { try Self.verified(foreign) }
        for type in ["at+jwt", "logout+jwt", "dpop+jwt"] {
            let typed = try Self.token(Self.claims(), type: type)
            refuse(.wrongType) { try Self.verified(typed) }
        }
        _ = try Self.verified(Self.token(Self.claims(), type: "JWT"))
    }

    @Test("is refused without sub, iat, exp or with a sub of 256 characters")
    func incomplete() throws {
        for (payload, code) in [
            (
                #"{"iss":"I","aud":"c","exp":1795255500,"iat":1795255200}"#,
                JWTError.Code.missingClaim
            ),
            (#"{"iss":"I","sub":"s","aud":"c","exp":1795255500}"#, .missingClaim),
            (#"{"iss":"I","sub":"s","aud":"c","iat":1795255200}"#, .missingClaim),
            (#"{"iss":"I","sub":"","aud":"c","exp":1795255500,"iat":1795255200}"#, .malformedClaim),
            (
                #"{"iss":"I","sub":"s","aud":"c","exp":1795255500,"iat":1795255200,"amr":"pwd"}"#,
                .malformedClaim
            ),
            (
                #"{"iss":"I","sub":"s","aud":"c","exp":1795255500,"iat":1795255200,"nonce":1}"#,
                .malformedClaim
            ),
            (
                "{\"iss\":\"I\",\"sub\":\"\(String(repeating: "s", count: 256))\",\"aud\":\"c\",\"exp\":1795255500,\"iat\":1795255200}",
                .malformedClaim
            ),
        ] {
            let token = try JWS.compact(
                payload: Array(payload.utf8), signer: TestKeys.signer(.es256))
            #expect(throws: JWTError(code), "\(payload)") {
                try Self.verified(token, nonce: nil, clientID: "c", issuer: "I")
            }
        }
    }

    /// RPIL §2; oidcc-rp-initiated-logout-modified-id-token-hint, …-bad-id-token-hint
    @Test("as a hint may have expired, but is ours and signed by a key that we know")
    func hint() throws {
        let keys = JWKSet([try TestKeys.jwk(.es256)])
        let token = try Self.token(Self.claims())
        let hint = try IDTokenClaims.hint(token, keys: keys, issuer: Self.issuer)
        #expect(hint.subject == "248289761001" && hint.sessionID == "08a5019c")
        #expect(throws: JWTError(.wrongIssuer)) {
            try IDTokenClaims.hint(token, keys: keys, issuer: "https://other.example")
        }
        let parts = token.split(separator: ".")
        let none = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        #expect(throws: JWTError.self) {
            try IDTokenClaims.hint("\(none).\(parts[1]).", keys: keys, issuer: Self.issuer)
        }
        let foreign = try Signer(key: .generate(.p256), algorithm: .es256, keyID: "k")
        let forged = try JWS.compact(payload: Self.claims().payload(), signer: foreign)
        #expect(throws: JWTError(.badSignature)) {
            try IDTokenClaims.hint(forged, keys: keys, issuer: Self.issuer)
        }
    }
}
