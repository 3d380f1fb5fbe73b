import Testing

@testable import Tokens

@Suite("A signed token")
struct JWSTests {
    static let rfc7515Payload =
        "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
    static let rfc7515RSAKey =
        #"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#

    /// RFC 7515 A.2 and A.3, RFC 8037 A.4.
    @Test(
        "of the standards' appendices verifies",
        arguments: [
            (
                rfc7515RSAKey,
                "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
                rfc7515Payload
            ),
            (
                JWKTests.rfc7515EC,
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
                rfc7515Payload
            ),
            (
                JWKTests.rfc8037,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                "Example of Ed25519 signing"
            ),
        ])
    func appendices(key: String, token: String, payload: String) throws {
        let keys = JWKSet([try JWK(try JSON(parsing: key))])
        let verified = try JWS.verify(try JWS.parse(token), keys: keys)
        #expect(verified.payload == Array(payload.utf8))
    }

    @Test("of RFC 7520 §4 verifies where the algorithm is ours, and is refused where it isn't")
    func rfc7520() throws {
        var verifiedCount = 0
        for test in try Vectors.tests("rfc7520.json") {
            let token = try test.requiredString("compact")
            guard let algorithm = Algorithm(rawValue: try test.requiredString("alg")) else {
                #expect(throws: JWTError(.algorithmNotAllowed)) { try JWS.parse(token) }
                continue
            }
            let privateKey = try PrivateKey(jwk: try #require(test.member("key")))
            let jwk = try JWK(privateKey.publicKey, keyID: nil, algorithm: algorithm)
            let verified = try JWS.verify(try JWS.parse(token), key: jwk)
            #expect(verified.payload == Array(try test.requiredString("payload").utf8))
            verifiedCount += 1
        }
        #expect(verifiedCount == 2)
    }

    /// RSASSA-PKCS1-v1_5 and Ed25519 have one signature a message: signing must give the published
    /// one.
    @Test("of RFC 7520 §4.1 and RFC 8037 A.4 is made again, byte for byte")
    func deterministic() throws {
        for test in try Vectors.tests("rfc7520.json") {
            guard let algorithm = Algorithm(rawValue: try test.requiredString("alg")) else {
                continue
            }
            let parts = try test.requiredString("compact").split(separator: ".")
            let key = try PrivateKey(jwk: try #require(test.member("key")))
            let signer = try Signer(key: key, algorithm: algorithm, keyID: "")
            let signature = try signer.sign(Array("\(parts[0]).\(parts[1])".utf8))
            #expect(Base64URL.encode(signature) == parts[2])
        }
    }

    @Test("is judged as Wycheproof judges it; with keys that aren't ours it is refused")
    func wycheproof() throws {
        let vectors = try Vectors.load("wycheproof-jws.json")
        let keys = try #require(try vectors.array("keys"))
        var verifiedCount = 0
        for test in try Vectors.tests("wycheproof-jws.json") {
            let key = try? JWK(keys[Int(try test.requiredInteger("key"))])
            // What is not a text is JSON serialization, which has no reader here.
            let token = test.member("jws")?.string ?? ""
            let verified = key.flatMap { key in try? JWS.verify(JWS.parse(token), key: key) }
            // Two we refuse on purpose: an empty payload, and PS384 under a key labelled PS256.
            let isOurs = !token.contains("..") && !token.hasPrefix("eyJhbGciOiJQUzM4NCI")
            let isExpected = try key != nil && isOurs && test.requiredString("result") == "valid"
            #expect((verified != nil) == isExpected, "\(test.members)")
            if verified != nil { verifiedCount += 1 }
        }
        #expect(verifiedCount >= 10)
    }

    @Test("made here has alg, typ and kid, and verifies", arguments: Algorithm.allCases)
    func roundTrip(algorithm: Algorithm) throws {
        let signer = try TestKeys.signer(algorithm, keyID: "key-1")
        let token = try JWS.compact(payload: [1, 2, 3], type: "at+jwt", signer: signer)
        let header = try #require(Base64URL.decode(String(token.prefix { $0 != "." })))
        #expect(
            String(decoding: header, as: UTF8.self)
                == "{\"alg\":\"\(algorithm.rawValue)\",\"typ\":\"at+jwt\",\"kid\":\"key-1\"}")
        let keys = JWKSet([try TestKeys.jwk(algorithm, keyID: "key-1")])
        let verified = try JWS.verify(try JWS.parse(token), keys: keys)
        #expect(verified.payload == [1, 2, 3])
        #expect(verified.header.type == "at+jwt")
        #expect(verified.key.keyID == "key-1")
    }

    @Test("names its key: another kid is unknown, no kid tries the fitting keys, four at most")
    func keyChoice() throws {
        let signer = try TestKeys.signer(.es256, keyID: "a")
        let token = try JWS.parse(try JWS.compact(payload: [1], signer: signer))
        #expect(throws: JWTError(.unknownKey)) {
            try JWS.verify(token, keys: JWKSet([TestKeys.jwk(.es256, keyID: "b")]))
        }
        #expect(throws: JWTError(.unknownKey)) { try JWS.verify(token, keys: JWKSet([])) }
        let anonymous = try JWS.parse(Forgery.token(#"{"alg":"ES256"}"#, signer: signer))
        let right = try TestKeys.jwk(.es256, keyID: "x")
        let wrong = try (0..<4).map { index in
            try JWK(try PrivateKey.generate(.p256).publicKey, keyID: "w\(index)", algorithm: .es256)
        }
        let rsa = try TestKeys.jwk(.rs256, keyID: "r")
        _ = try JWS.verify(anonymous, keys: JWKSet([rsa] + wrong.prefix(3) + [right]))
        #expect(throws: JWTError(.badSignature)) {
            try JWS.verify(anonymous, keys: JWKSet(wrong + [right]))
        }
        #expect(throws: JWTError(.unknownKey)) { try JWS.verify(anonymous, keys: JWKSet([rsa])) }
    }
}

/// Tokens that somebody else would make.
enum Forgery {
    static func token(
        _ header: String, payload: String = "{}", signer: Signer? = nil, signature: [UInt8] = [1]
    ) throws -> String {
        let input =
            Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        let signature = try signer?.sign(Array(input.utf8)) ?? signature
        return input + "." + Base64URL.encode(signature)
    }
}
