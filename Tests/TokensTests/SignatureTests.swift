import Testing

@testable import Tokens

@Suite("A signature")
struct SignatureTests {
    /// security.md 2.13. Wycheproof: zero and out-of-range numbers, wrong lengths, malformed
    /// padding, salts of other lengths, non-canonical scalars.
    @Test(
        "is judged as Wycheproof judges it",
        arguments: [
            ("wycheproof-es256.json", Algorithm.es256), ("wycheproof-rs256.json", .rs256),
            ("wycheproof-ps256.json", .ps256), ("wycheproof-eddsa.json", .edDSA),
        ])
    func wycheproof(file: String, algorithm: Algorithm) throws {
        let vectors = try Vectors.load(file)
        let keys = try #require(try vectors.array("keys")).map { try? Self.key($0, algorithm) }
        #expect(keys.filter { $0 == nil }.count == (algorithm == .rs256 ? 2 : 0))
        for test in try Vectors.tests(file) {
            let key = keys[Int(try test.requiredInteger("key"))]
            // Two of the RSA keys have the exponent 3, which we don't take.
            guard let key else { continue }
            let isValid = key.isValid(try test.hex("sig"), for: try test.hex("msg"), algorithm)
            // "Acceptable" is a PKCS #1 signature without its NULL: not one of the standard's.
            let expected = try test.requiredString("result") == "valid"
            #expect(isValid == expected, "\(test.members)")
        }
    }

    private static func key(_ json: JSON, _ algorithm: Algorithm) throws -> PublicKey {
        if case .array(let numbers) = json {
            let parts = numbers.map { Array(hex($0.string ?? "").drop { $0 == 0 }) }
            return try PublicKey(.rsa(modulus: parts[0], exponent: parts[1]))
        }
        let bytes = hex(json.string ?? "")
        if algorithm == .edDSA { return try PublicKey(.ed25519(x: bytes)) }
        return try PublicKey(.p256(x: Array(bytes[1...32]), y: Array(bytes[33...])))
    }

    @Test(
        "made here is valid here, for its message and algorithm only", arguments: Algorithm.allCases
    )
    func roundTrip(algorithm: Algorithm) throws {
        let signer = try TestKeys.signer(algorithm)
        let message = Array("message".utf8)
        for _ in 0..<20 {
            let signature = try signer.sign(message)
            #expect(signer.publicKey.isValid(signature, for: message, algorithm))
            #expect(!signer.publicKey.isValid(signature, for: message + [0], algorithm))
            #expect(!signer.publicKey.isValid([], for: message, algorithm))
            for other in Algorithm.allCases where other != algorithm {
                #expect(!signer.publicKey.isValid(signature, for: message, other))
            }
            for index in stride(from: 0, to: signature.count, by: 7) {
                var changed = signature
                changed[index] ^= 0x10
                #expect(!signer.publicKey.isValid(changed, for: message, algorithm))
            }
        }
    }

    @Test("of ECDSA has 64 bytes whatever its numbers' leading zeros")
    func rawForm() throws {
        let signer = try TestKeys.signer(.es256)
        // One number in 256 begins with a zero byte: 600 signatures meet some.
        for index in 0..<600 {
            let message = Array("message \(index)".utf8)
            let signature = try signer.sign(message)
            #expect(signature.count == 64)
            #expect(signer.publicKey.isValid(signature, for: message, .es256))
        }
    }

    @Test("of ECDSA is refused in DER, with zeros, beyond the order, too short or too long")
    func ecdsaRefusals() throws {
        let signer = try TestKeys.signer(.es256)
        let message = Array("message".utf8)
        let signature = try signer.sign(message)
        let (r, s) = (Array(signature[..<32]), Array(signature[32...]))
        let zero = [UInt8](repeating: 0, count: 32)
        let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let der = try #require(ECDSASignature.der(fromRaw: signature))
        for bad in [
            der, zero + s, r + zero, zero + zero, order + s, r + order,
            [UInt8](repeating: 0xff, count: 64), [0] + signature, signature + [0],
            Array(signature.dropLast()), s + r, zero + [1] + zero.dropLast() + [1],
        ] {
            #expect(!signer.publicKey.isValid(bad, for: message, .es256))
        }
        #expect(ECDSASignature.raw(fromDER: der) == signature)
    }

    @Test(
        "in DER is read strictly",
        arguments: [
            "", "30", "3000", "300602010102", "30060201010201", "3006020101020101ff",
            "3106020101020101",
            "3006030101020101", "3004020002010100", "300602010102010101", "30810602010102 0101",
        ])
    func der(text: String) {
        #expect(ECDSASignature.raw(fromDER: hex(text)) == nil)
    }

    @Test("comes out right from one signer on many threads at once")
    func threads() async throws {
        let signer = try TestKeys.signer(.es256)
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<32 {
                group.addTask {
                    (0..<50).allSatisfy { round in
                        let message = Array("\(index) \(round)".utf8)
                        guard let signature = try? signer.sign(message) else { return false }
                        return signer.publicKey.isValid(signature, for: message, .es256)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

@Suite("A key")
struct KeyTests {
    @Test("comes back from its PEM and its JWK", arguments: [Algorithm.rs256, .es256, .edDSA])
    func roundTrip(algorithm: Algorithm) throws {
        let key = try TestKeys.key(algorithm)
        let message: [UInt8] = [1, 2, 3]
        let pem = try key.pem()
        #expect(pem.text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        for again in [try PrivateKey(pem: pem), try PrivateKey(jwk: try key.jwk())] {
            #expect(again.publicKey == key.publicKey)
            let signer = try Signer(key: again, algorithm: algorithm, keyID: "")
            #expect(key.publicKey.isValid(try signer.sign(message), for: message, algorithm))
        }
    }

    @Test("signs only with an algorithm of its type")
    func mismatch() throws {
        for type in Algorithm.allCases {
            for algorithm in Algorithm.allCases where algorithm.keyType != type.keyType {
                #expect(throws: KeyError.algorithmMismatch) {
                    try Signer(key: try TestKeys.key(type), algorithm: algorithm, keyID: "")
                }
                #expect(throws: KeyError.algorithmMismatch) {
                    try JWK(try TestKeys.key(type).publicKey, keyID: nil, algorithm: algorithm)
                }
            }
        }
    }

    @Test("is refused as PEM when it is another thing, encrypted or of another type")
    func pemRefusals() throws {
        let pem = try TestKeys.p256.get().pem().text
        for text in [
            "", "x", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
            pem.replacing("PRIVATE KEY", with: "ENCRYPTED PRIVATE KEY"),
            pem.replacing("PRIVATE KEY", with: "EC PRIVATE KEY"), String(pem.prefix(90)),
            pem.replacing("MIG", with: "MIH"), " " + pem,
        ] {
            #expect(throws: KeyError.self) { try PrivateKey(pem: Secret(text)) }
        }
        // P-384, made with `openssl genpkey`.
        #expect(throws: KeyError.unsupported("an elliptic curve other than P-256")) {
            try PrivateKey(pem: Secret(KeyTests.p384))
        }
    }

    private static let p384 = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBWOJTHfNzR3YwO2O98
        R9ZolEhM7j/NRG7xRcbgX8YA5yAha44fjJltArRIWr9IqfShZANiAARqr8qengV9
        PZFJ2AEyr8h4RRHLTiCWa45zEZ5qlKrr1jNxLtcdt/NhmqVmIMLxrXK12eXB1q+2
        LPjUY0VWe5kaEZTAAEJdG7cPvtSDB2Z7Mn1a+IrAx0jZ7OgZ1pK6ZiU=
        -----END PRIVATE KEY-----

        """

    @Test("of RSA has 2048 to 8192 bits, an odd modulus and an odd exponent from 65537")
    func rsaBounds() throws {
        guard case .rsa(let modulus, _) = try TestKeys.rsa.get().publicKey.parameters else {
            Issue.record("not an RSA key")
            return
        }
        let e: [UInt8] = [1, 0, 1]
        var even = modulus
        even[even.count - 1] &= 0xfe
        let short = Array(modulus.dropFirst()).drop { $0 == 0 }
        for (n, e) in [
            (Array(short), e), ([0] + modulus, e), (even, e), (modulus, [3]), (modulus, [1, 0, 0]),
            (modulus, [1]), (modulus, []), (modulus, [0, 1, 0, 1]), ([], e),
            (modulus, [UInt8](repeating: 1, count: 9)),
            ([0x80] + [UInt8](repeating: 0, count: 1024) + [1], e),
        ] {
            #expect(throws: KeyError.self) { try PublicKey(.rsa(modulus: n, exponent: e)) }
        }
        #expect(throws: KeyError.unsupported("RSA of 1024 bits")) {
            try PrivateKey.generate(.rsa, rsaBitCount: 1024)
        }
    }

    @Test("of P-256 is a point on the curve, and none but 32 byte coordinates")
    func points() throws {
        guard case .p256(let x, let y) = try TestKeys.p256.get().publicKey.parameters else {
            Issue.record("not a P-256 key")
            return
        }
        var off = y
        off[31] ^= 1
        let zero = [UInt8](repeating: 0, count: 32)
        let ff = [UInt8](repeating: 0xff, count: 32)
        for (x, y) in [
            (x, off), (y, x), (zero, zero), (ff, ff), ([0] + x, y), (Array(x.dropLast()), y),
            ([], []),
        ] {
            #expect(throws: KeyError.self) { try PublicKey(.p256(x: x, y: y)) }
        }
        #expect(throws: KeyError.self) { try PublicKey(.ed25519(x: [1, 2, 3])) }
    }

    @Test("whose halves don't belong together is refused")
    func halves() throws {
        for algorithm in [Algorithm.rs256, .es256, .edDSA] {
            guard case .object(var members) = try TestKeys.key(algorithm).jwk(),
                case .object(let other) = try PrivateKey.generate(algorithm.keyType).jwk()
            else { continue }
            for name in ["d", "p", "q", "dp", "dq", "qi"] { members[name] = other[name] }
            #expect(throws: KeyError.self) { try PrivateKey(jwk: .object(members)) }
        }
    }
}
