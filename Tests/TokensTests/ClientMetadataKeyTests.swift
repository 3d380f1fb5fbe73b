import Testing

@testable import Tokens

extension ClientMetadataTests {
    @Test("needs a key that can be used, and is told what is wrong with each of the others")
    func unusableKeys() throws {
        let short: JSON = [
            "kty": "RSA", "kid": "old", "e": "AQAB",
            "n": .string(Base64URL.encode([UInt8](repeating: 0xFF, count: 128))),
        ]
        let curve: JSON = ["kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"]
        let good = try TestKeys.jwk(.es256).json
        func register(_ keys: [JSON], _ method: JSON) throws -> ClientMetadata {
            try ClientMetadata(
                Self.with([
                    "jwks": ["keys": .array(keys)], "token_endpoint_auth_method": method,
                ]))
        }
        for method: JSON in ["private_key_jwt", "client_secret_basic"] {
            let refusal = #expect(throws: ClientMetadataErrors.self) {
                try register([short, curve], method)
            }
            #expect(refusal?.errors.map(\.path) == ["jwks"])
            let reason = refusal?.errors.first?.reason ?? ""
            #expect(reason.contains("keys[0] (kid old): RSA of 1024 bits"))
            #expect(reason.contains("keys[1]"))
        }
        #expect(throws: ClientMetadataErrors.self) { try register([], "private_key_jwt") }
        #expect(try register([short, good], "private_key_jwt").jwks?.keys.count == 1)
    }
}
