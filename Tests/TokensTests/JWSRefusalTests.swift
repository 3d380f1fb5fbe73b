import Testing

@testable import Tokens

/// security.md 2.11, 2.12, 2.13; SR-26, SR-27.
@Suite("A forged token")
struct JWSRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let token: @Sendable () throws -> String
        let code: JWTError.Code
        var algorithm = Algorithm.es256
        var testDescription: String { name }
    }

    private static func header(_ json: String) -> @Sendable () throws -> String {
        { try Forgery.token(json, signer: TestKeys.signer(.es256)) }
    }

    private static func text(
        _ change: @escaping @Sendable ([String]) -> String
    ) -> @Sendable () throws -> String {
        {
            let token = try JWS.compact(payload: Array("{}".utf8), signer: TestKeys.signer(.es256))
            return change(token.split(separator: ".").map(String.init))
        }
    }

    /// A signature of HMAC-SHA-256 under a secret that everybody can read off the public key.
    private static func hmac(
        _ secret: @escaping @Sendable () throws -> [UInt8]
    )
        -> @Sendable () throws
        -> String
    {
        {
            let input = Base64URL.encode(Array(#"{"alg":"HS256","kid":"k"}"#.utf8)) + ".e30"
            let tag = HMAC.sha256(key: try secret(), message: Array(input.utf8))
            return input + "." + Base64URL.encode(tag)
        }
    }

    static let headers: [Case] = [
        Case(name: "none", token: header(#"{"alg":"none","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(name: "None", token: header(#"{"alg":"None","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(name: "nOnE", token: header(#"{"alg":"nOnE","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(name: "NONE", token: header(#"{"alg":"NONE","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(
            name: "empty alg", token: header(#"{"alg":"","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(
            name: "es256", token: header(#"{"alg":"es256","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(
            name: "ES384", token: header(#"{"alg":"ES384","kid":"k"}"#), code: .algorithmNotAllowed),
        Case(name: "no alg", token: header(#"{"kid":"k"}"#), code: .malformed),
        Case(name: "alg null", token: header(#"{"alg":null,"kid":"k"}"#), code: .malformed),
        Case(name: "alg array", token: header(#"{"alg":["ES256"],"kid":"k"}"#), code: .malformed),
        Case(
            name: "alg twice", token: header(#"{"alg":"ES256","alg":"none","kid":"k"}"#),
            code: .malformed),
        Case(
            name: "alg twice, escaped", token: header(#"{"alg":"ES256","\u0061lg":"none"}"#),
            code: .malformed),
        Case(name: "kid number", token: header(#"{"alg":"ES256","kid":1}"#), code: .malformed),
        Case(
            name: "kid with NUL", token: header(#"{"alg":"ES256","kid":"k\u0000"}"#),
            code: .malformed),
        Case(
            name: "kid path", token: header(#"{"alg":"ES256","kid":"../../etc/passwd"}"#),
            code: .unknownKey),
        Case(
            name: "kid SQL", token: header(#"{"alg":"ES256","kid":"k' OR 1=1 --"}"#),
            code: .unknownKey),
        Case(
            name: "kid of 257 bytes",
            token: header("{\"alg\":\"ES256\",\"kid\":\"\(String(repeating: "k", count: 257))\"}"),
            code: .tooLarge),
        Case(
            name: "header of 5 KB",
            token: header("{\"alg\":\"ES256\",\"x\":\"\(String(repeating: "x", count: 5000))\"}"),
            code: .malformed),
        Case(
            name: "crit", token: header(#"{"alg":"ES256","kid":"k","crit":["exp"],"exp":1}"#),
            code: .criticalHeader),
        Case(
            name: "crit empty", token: header(#"{"alg":"ES256","kid":"k","crit":[]}"#),
            code: .criticalHeader),
        Case(
            name: "crit null", token: header(#"{"alg":"ES256","kid":"k","crit":null}"#),
            code: .criticalHeader),
        Case(
            name: "b64", token: header(#"{"alg":"ES256","kid":"k","b64":false,"crit":["b64"]}"#),
            code: .criticalHeader),
        Case(
            name: "jku", token: header(#"{"alg":"ES256","kid":"k","jku":"https://e.example"}"#),
            code: .embeddedKey),
        Case(
            name: "x5u", token: header(#"{"alg":"ES256","kid":"k","x5u":"https://e.example"}"#),
            code: .embeddedKey),
        Case(
            name: "x5c", token: header(#"{"alg":"ES256","kid":"k","x5c":["AA"]}"#),
            code: .embeddedKey),
        Case(
            name: "jwk",
            token: {
                let key = try PrivateKey.generate(.p256)
                let jwk = try JWK(key.publicKey, keyID: "k", algorithm: .es256).json.serialized()
                return try Forgery.token(
                    "{\"alg\":\"ES256\",\"jwk\":\(String(decoding: jwk, as: UTF8.self))}",
                    signer: Signer(key: key, algorithm: .es256, keyID: "k"))
            }, code: .embeddedKey),
        Case(name: "header array", token: header("[]"), code: .malformed),
        Case(name: "header text", token: header("\"ES256\""), code: .malformed),
        Case(
            name: "header with trailing data", token: header(#"{"alg":"ES256","kid":"k"} "x""#),
            code: .malformed),
        Case(
            name: "deep header", token: header("{\"alg\":\"ES256\",\"a\":[[[[[1]]]]]}"),
            code: .malformed),
        Case(
            name: "huge integer",
            token: header(#"{"alg":"ES256","kid":"k","a":99999999999999999999}"#), code: .malformed),
    ]

    static let texts: [Case] = [
        Case(name: "empty", token: { "" }, code: .malformed),
        Case(name: "dots", token: { ".." }, code: .malformed),
        Case(name: "two parts", token: text { $0[0] + "." + $0[1] }, code: .malformed),
        Case(
            name: "two parts and a dot", token: text { $0[0] + "." + $0[1] + "." }, code: .malformed
        ),
        Case(
            name: "four parts", token: text { $0.joined(separator: ".") + ".e30" }, code: .malformed
        ),
        Case(
            name: "five parts", token: text { $0.joined(separator: ".") + ".e30.e30" },
            code: .malformed),
        Case(name: "empty header", token: text { "." + $0[1] + "." + $0[2] }, code: .malformed),
        Case(name: "empty payload", token: text { $0[0] + ".." + $0[2] }, code: .malformed),
        Case(
            name: "padded header", token: text { $0[0] + "=." + $0[1] + "." + $0[2] },
            code: .malformed),
        Case(
            name: "padded payload", token: text { $0[0] + "." + $0[1] + "=." + $0[2] },
            code: .malformed),
        Case(
            name: "padded signature", token: text { $0.joined(separator: ".") + "==" },
            code: .malformed),
        Case(name: "unused bits", token: text { $0[0] + ".e31." + $0[2] }, code: .malformed),
        Case(
            name: "standard alphabet",
            token: text { $0[0] + "." + $0[1] + ".+/" + $0[2].dropFirst(2) }, code: .malformed),
        Case(name: "newline", token: text { $0.joined(separator: ".") + "\n" }, code: .malformed),
        Case(name: "space", token: text { " " + $0.joined(separator: ".") }, code: .malformed),
        Case(
            name: "JSON serialization", token: { #"{"payload":"e30","signatures":[]}"# },
            code: .malformed),
        Case(
            name: "17 KB",
            token: text { $0[0] + "." + String(repeating: "A", count: 17_000) + "." + $0[2] },
            code: .tooLarge),
        Case(name: "other payload", token: text { $0[0] + ".e30x." + $0[2] }, code: .badSignature),
        Case(
            name: "changed payload", token: text { $0[0] + ".eyJ9." + $0[2] }, code: .badSignature),
        Case(
            name: "short signature",
            token: text { $0[0] + "." + $0[1] + "." + $0[2].dropLast(4) + "A" }, code: .badSignature
        ),
        Case(
            name: "63 bytes",
            token: text {
                $0[0] + "." + $0[1] + "." + Base64URL.encode([UInt8](repeating: 1, count: 63))
            }, code: .badSignature),
        Case(
            name: "zero signature",
            token: text {
                $0[0] + "." + $0[1] + "." + Base64URL.encode([UInt8](repeating: 0, count: 64))
            }, code: .badSignature),
    ]

    static let algorithms: [Case] = [
        Case(
            name: "HS256 with the public PEM as secret",
            token: hmac { Array((try TestKeys.rsa.get().publicKey).jwkMembers.serialized()) },
            code: .algorithmNotAllowed, algorithm: .rs256),
        Case(
            name: "HS256 with the modulus as secret",
            token: hmac {
                guard case .rsa(let n, _) = try TestKeys.rsa.get().publicKey.parameters else {
                    return []
                }
                return n
            }, code: .algorithmNotAllowed, algorithm: .rs256),
        Case(
            name: "PS256 under an RS256 key",
            token: { try JWS.compact(payload: [1], signer: TestKeys.signer(.ps256)) },
            code: .algorithmNotAllowed, algorithm: .rs256),
        Case(
            name: "RS256 under a PS256 key",
            token: { try JWS.compact(payload: [1], signer: TestKeys.signer(.rs256)) },
            code: .algorithmNotAllowed, algorithm: .ps256),
        Case(
            name: "RS256 signature called PS256",
            token: {
                try Forgery.token(#"{"alg":"PS256","kid":"k"}"#, signer: TestKeys.signer(.rs256))
            }, code: .badSignature, algorithm: .ps256),
        Case(
            name: "ES256 under an RSA key",
            token: { try JWS.compact(payload: [1], signer: TestKeys.signer(.es256)) },
            code: .algorithmNotAllowed, algorithm: .rs256),
        Case(
            name: "RS256 under an EC key",
            token: { try JWS.compact(payload: [1], signer: TestKeys.signer(.rs256)) },
            code: .algorithmNotAllowed, algorithm: .es256),
        Case(
            name: "EdDSA under an EC key",
            token: { try JWS.compact(payload: [1], signer: TestKeys.signer(.edDSA)) },
            code: .algorithmNotAllowed, algorithm: .es256),
        Case(
            name: "signed by another key of the same name",
            token: {
                let key = try TestKeys.otherRSA.get()
                return try JWS.compact(
                    payload: [1], signer: Signer(key: key, algorithm: .rs256, keyID: "k"))
            }, code: .badSignature, algorithm: .rs256),
        Case(
            name: "RSA signature of another length",
            token: {
                try Forgery.token(
                    #"{"alg":"RS256","kid":"k"}"#, signature: [UInt8](repeating: 1, count: 255))
            }, code: .badSignature, algorithm: .rs256),
    ]

    @Test("is refused with the right error", arguments: headers + texts + algorithms)
    func refused(forgery: Case) throws {
        let keys = JWKSet([try TestKeys.jwk(forgery.algorithm)])
        let token = try forgery.token()
        #expect(throws: JWTError(forgery.code)) { try JWS.verify(JWS.parse(token), keys: keys) }
    }

    @Test("of a good key is refused where its algorithm isn't allowed (FAPI 2.0 §5.4.1)")
    func allowed() throws {
        let token = try JWS.parse(try JWS.compact(payload: [1], signer: TestKeys.signer(.rs256)))
        let keys = JWKSet([try TestKeys.jwk(.rs256)])
        #expect(throws: JWTError(.algorithmNotAllowed)) {
            try JWS.verify(token, keys: keys, allowed: Algorithm.fapi)
        }
        #expect(throws: JWTError(.algorithmNotAllowed)) {
            try JWS.verify(token, keys: keys, allowed: [])
        }
    }

    @Test("changed in any one character is refused")
    func anyCharacter() throws {
        let keys = JWKSet([try TestKeys.jwk(.es256)])
        let token = Array(
            try JWS.compact(payload: Array("{\"a\":1}".utf8), signer: TestKeys.signer(.es256)).utf8)
        for index in token.indices {
            var changed = token
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(throws: JWTError.self) { try JWS.verify(JWS.parse(text), keys: keys) }
        }
    }

    @Test("carries a key only where DPoP allows one, and never a private one (RFC 9449 §4.2)")
    func embedded() throws {
        let key = try PrivateKey.generate(.p256)
        func header(_ jwk: JSON) -> String {
            let text = String(decoding: jwk.serialized(), as: UTF8.self)
            return "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":\(text)}"
        }
        let signer = try Signer(key: key, algorithm: .es256, keyID: "")
        let jwk = try JWK(key.publicKey, keyID: nil, algorithm: nil)
        let token = try JWS.parse(
            Forgery.token(header(jwk.json), signer: signer), embeddedKey: .allowed)
        let embedded = try #require(token.header.embeddedKey)
        #expect(embedded.thumbprint == jwk.thumbprint)
        _ = try JWS.verify(token, key: embedded)
        let leaking = try Forgery.token(header(key.jwk()), signer: signer)
        #expect(throws: JWTError(.embeddedKey)) { try JWS.parse(leaking, embeddedKey: .allowed) }
    }
}
