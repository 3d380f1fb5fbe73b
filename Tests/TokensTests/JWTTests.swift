import FoundationEssentials
import Testing

@testable import Tokens

@Suite("The claims of a token")
struct JWTTests {
    static func jwt(_ payload: String, type: String? = nil) throws -> JWT {
        let token = try JWS.compact(
            payload: Array(payload.utf8), type: type, signer: TestKeys.signer(.es256))
        return try JWT(try JWS.verify(JWS.parse(token), keys: JWKSet([TestKeys.jwk(.es256)])))
    }

    static let now = Date(timeIntervalSince1970: 1_000_000)

    static func check(
        _ payload: String, _ change: (inout JWT.Expectation) -> Void = { _ in },
        type: String? = nil
    ) throws {
        var expectation = JWT.Expectation(issuer: "https://op.example", audience: "me")
        change(&expectation)
        try jwt(payload, type: type).check(expectation, at: now)
    }

    @Test(
        "that are as expected pass, with aud as text or list, whole seconds or not",
        arguments: [
            #"{"iss":"https://op.example","aud":"me","exp":1000060}"#,
            #"{"iss":"https://op.example","aud":["you","me"],"exp":1000060.5,"iat":999999.9,"nbf":1}"#,
            #"{"iss":"https://op.example","aud":"me","exp":999991}"#,
            #"{"iss":"https://op.example","aud":"me","exp":1000060,"iat":1000008,"nbf":1000008}"#,
        ])
    func good(payload: String) throws {
        try Self.check(payload)
    }

    @Test(
        "that aren't are refused, each with its error",
        arguments: [
            (#"{"aud":"me","exp":1000060}"#, JWTError.Code.missingClaim),
            (#"{"iss":"https://op.example","exp":1000060}"#, .missingClaim),
            (#"{"iss":"https://op.example","aud":"me"}"#, .missingClaim),
            (#"{"iss":"https://op.example/","aud":"me","exp":1000060}"#, .wrongIssuer),
            (#"{"iss":"HTTPS://op.example","aud":"me","exp":1000060}"#, .wrongIssuer),
            (#"{"iss":"https://op.example","aud":"you","exp":1000060}"#, .wrongAudience),
            (#"{"iss":"https://op.example","aud":[],"exp":1000060}"#, .wrongAudience),
            (#"{"iss":"https://op.example","aud":"","exp":1000060}"#, .wrongAudience),
            (#"{"iss":"https://op.example","aud":"me ","exp":1000060}"#, .wrongAudience),
            (#"{"iss":"https://op.example","aud":"me","exp":999990}"#, .expired),
            (#"{"iss":"https://op.example","aud":"me","exp":0}"#, .expired),
            (#"{"iss":"https://op.example","aud":"me","exp":1000060,"nbf":1000011}"#, .notYetValid),
            (
                #"{"iss":"https://op.example","aud":"me","exp":1000060,"iat":1000062}"#,
                .issuedInFuture
            ),
            (#"{"iss":1,"aud":"me","exp":1000060}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":{"a":1},"exp":1000060}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":["me",1],"exp":1000060}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":"me","exp":"1000060"}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":"me","exp":null}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":"me","exp":-1}"#, .malformedClaim),
            (
                #"{"iss":"https://op.example","aud":"me","exp":9223372036854775807}"#,
                .malformedClaim
            ),
            (#"{"iss":"https://op.example","aud":"me","exp":1e300}"#, .malformedClaim),
            (#"{"iss":"https://op.example","aud":"me","exp":1000060,"exp":1}"#, .malformed),
            ("[]", .malformed), ("x", .malformed),
        ])
    func bad(payload: String, code: JWTError.Code) {
        #expect(throws: JWTError(code)) { try Self.check(payload) }
    }

    @Test("may be bounded in life and age (security.md 2.14)")
    func bounds() throws {
        let payload = #"{"iss":"https://op.example","aud":"me","exp":1000300,"iat":999900}"#
        try Self.check(payload) { $0.lifetimeMax = .seconds(300) }
        #expect(throws: JWTError(.tooOld)) {
            try Self.check(payload) { $0.lifetimeMax = .seconds(289) }
        }
        try Self.check(payload) { $0.ageMax = .seconds(100) }
        #expect(throws: JWTError(.tooOld)) { try Self.check(payload) { $0.ageMax = .seconds(89) } }
        #expect(throws: JWTError(.missingClaim)) {
            try Self.check(#"{"iss":"https://op.example","aud":"me","exp":1000300}"#) {
                $0.ageMax = .seconds(100)
            }
        }
    }

    @Test("belong to the type asked for, whatever its case or prefix (RFC 7515 §4.1.9)")
    func types() throws {
        let payload = #"{"iss":"https://op.example","aud":"me","exp":1000300}"#
        for type in ["at+jwt", "AT+JWT", "application/at+jwt"] {
            try Self.check(payload, { $0.type = "at+jwt" }, type: type)
        }
        for type in [nil, "JWT", "logout+jwt", "at+jwt ", "x/at+jwt"] {
            #expect(throws: JWTError(.wrongType)) {
                try Self.check(payload, { $0.type = "at+jwt" }, type: type)
            }
        }
    }

    @Test("keep aud's form, for the profiles that want a single text (conformance.md §12)")
    func audienceForm() throws {
        #expect(try Self.jwt(#"{"aud":"me"}"#).audienceIsString)
        #expect(try !Self.jwt(#"{"aud":["me"]}"#).audienceIsString)
        #expect(try Self.jwt(#"{"aud":["me"]}"#).audience == ["me"])
    }
}
