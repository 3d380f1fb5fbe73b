import Testing

@testable import Tokens

@Suite("A JSON Web Key")
struct JWKTests {
    /// RFC 7638 §3.1, also the second key of RFC 7517 A.1.
    static let rfc7638 =
        #"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#
    /// RFC 8037 A.2.
    static let rfc8037 =
        #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    /// RFC 7515 A.3.1.
    static let rfc7515EC =
        #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#

    @Test(
        "has the thumbprint of RFC 7638 §3.1 and RFC 8037 A.3",
        arguments: [
            (rfc7638, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            (rfc8037, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
            (rfc7515EC, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"),
        ])
    func thumbprint(text: String, expected: String) throws {
        #expect(try JWK(try JSON(parsing: text)).thumbprint == expected)
    }

    @Test("comes back from its JSON, with use, kid and alg", arguments: Algorithm.allCases)
    func roundTrip(algorithm: Algorithm) throws {
        let jwk = try TestKeys.jwk(algorithm, keyID: "2026-11")
        #expect(try JWK(jwk.json) == jwk)
        #expect(jwk.json.member("use") == "sig")
        #expect(jwk.algorithms == [algorithm])
        #expect(jwk.json.member("d") == nil)
    }

    @Test("without alg may verify what its type can, and no more")
    func algorithms() throws {
        let rsa = try JWK(try TestKeys.rsa.get().publicKey, keyID: nil, algorithm: nil)
        #expect(rsa.algorithms == [.rs256, .ps256])
        let ec = try JWK(try JSON(parsing: Self.rfc7515EC))
        #expect(ec.algorithms == [.es256])
    }

    @Test(
        "with a private member is refused",
        arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
    func privateMembers(name: String) throws {
        guard case .object(var members) = try JSON(parsing: Self.rfc7638) else { return }
        members[name] = "AQAB"
        #expect(throws: KeyError.privateMaterial) { try JWK(.object(members)) }
    }

    @Test("is refused when a member is missing, of a wrong type, padded or of a wrong length")
    func malformed() throws {
        let changes: [(String, JSON?)] = [
            ("x", nil), ("y", nil), ("crv", nil), ("kty", nil), ("kty", 1), ("x", 1), ("x", ""),
            ("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="), ("x", "AAAA"), ("kid", 1),
            ("kid", ""), ("kid", .string(String(repeating: "k", count: 257))), ("alg", 1),
            ("use", .array([])), ("key_ops", "verify"), ("alg", "RS256"),
        ]
        for (name, value) in changes {
            guard case .object(var members) = try JSON(parsing: Self.rfc7515EC) else { return }
            members[name] = value
            #expect(throws: KeyError.self, "\(name)") { try JWK(.object(members)) }
        }
    }

    @Test(
        "of a kind that isn't ours is unsupported, so that a set can leave it out",
        arguments: [
            #"{"kty":"oct","x":"AA"}"#, #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"X25519","x":"AA"}"#, #"{"kty":"new"}"#,
            rfc7638.replacing("RS256", with: "RSA-OAEP"),
            rfc7638.replacing("\"alg\"", with: "\"use\":\"enc\",\"alg\""),
            rfc7638.replacing("\"alg\"", with: "\"key_ops\":[\"encrypt\"],\"alg\""),
        ])
    func unsupported(text: String) throws {
        let json = try JSON(parsing: text)
        #expect { try JWK(json) } throws: { error in
            if case .unsupported? = error as? KeyError { true } else { false }
        }
        #expect(try JWKSet(["keys": [json]]).keys.isEmpty)
    }
}

@Suite("A JSON Web Key Set")
struct JWKSetTests {
    @Test("is read as RFC 7517 A.1 has it: the encryption key is left out")
    func rfc7517() throws {
        let text =
            #"{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},"#
            + JWKTests.rfc7638 + "]}"
        let set = try JWKSet(parsing: Array(text.utf8))
        #expect(set.keys.map(\.keyID) == ["2011-04-29"])
        #expect(try JWKSet(set.json) == set)
    }

    @Test("is refused with two keys of one kid, a private key or 33 keys")
    func refused() throws {
        let key = try TestKeys.jwk(.es256).json
        #expect(throws: KeyError.self) { try JWKSet(["keys": [key, key]]) }
        let privateKey = try TestKeys.p256.get().jwk()
        #expect(throws: KeyError.privateMaterial) { try JWKSet(["keys": [privateKey]]) }
        let many = (0..<33).map { index in JSON.object(["kty": "new", "kid": .string("\(index)")]) }
        #expect(throws: KeyError.self) { try JWKSet(["keys": .array(many)]) }
        #expect(try JWKSet(["keys": .array(many.dropLast())]).keys.isEmpty)
        for text in ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#, #"{"keys":[],"keys":[]}"#] {
            #expect(throws: KeyError.self) { try JWKSet(parsing: Array(text.utf8)) }
        }
    }
}
