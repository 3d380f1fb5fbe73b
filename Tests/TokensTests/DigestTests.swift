import Testing

@testable import Tokens

@Suite("A digest")
struct DigestTests {
    @Test(
        "of abc is FIPS 180-4's",
        arguments: [
            (Hash.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Hash.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                Hash.sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ])
    func abc(hash: Hash, expected: String) {
        #expect(Hexadecimal.encode(hash(Array("abc".utf8))) == expected)
    }

    @Test("of text is that of its UTF-8, and of nothing is FIPS's too")
    func text() {
        #expect(Digest.sha256("é").bytes == Hash.sha256([0xc3, 0xa9]))
        #expect(
            Hexadecimal.encode(Digest.sha256("").bytes)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("comes back from 32 bytes only, and differs in any byte")
    func bytes() throws {
        let digest = Digest.sha256("a")
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(bytes: Array(digest.bytes.dropLast())) == nil)
        for index in 0..<32 {
            var other = digest.bytes
            other[index] ^= 1
            #expect(Digest(bytes: other) != digest)
        }
    }

    @Test("is right on many threads at once, whose contexts are their own")
    func threads() async {
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<64 {
                group.addTask {
                    let message = Array("message \(seed)".utf8)
                    let expected = Digest.sha256(message)
                    return (0..<200).allSatisfy { _ in
                        Digest.sha256(message) == expected
                            && HMAC.sha256(key: message, message: message)
                                == HMAC.sha256(key: message, message: message)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

@Suite("A MAC")
struct HMACTests {
    @Test("is RFC 4231's, cases 1 to 4, 6 and 7")
    func rfc4231() {
        let cases: [([UInt8], [UInt8], String)] = [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
        for (key, message, expected) in cases {
            #expect(Hexadecimal.encode(HMAC.sha256(key: key, message: message)) == expected)
        }
    }

    @Test("is Wycheproof's, the modified ones excepted")
    func wycheproof() throws {
        for test in try Vectors.tests("wycheproof-hmac.json") {
            let tag = HMAC.sha256(key: try test.hex("key"), message: try test.hex("msg"))
            let isEqual = ConstantTime.equal(tag, try test.hex("tag"))
            #expect(isEqual == (try test.requiredString("result") == "valid"), "\(test.members)")
        }
    }

    @Test("with an empty key doesn't use the key before it")
    func emptyKey() {
        let first = HMAC.sha256(key: [], message: [1])
        _ = HMAC.sha256(key: [9, 9], message: [1])
        #expect(HMAC.sha256(key: [], message: [1]) == first)
        #expect(first == HMAC.sha256(key: [0], message: [1]))
    }

    @Test("with SHA-1 is RFC 2202's, cases 2 and 6")
    func sha1() {
        let short = HMAC.sha1(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        #expect(Hexadecimal.encode(short) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        let long = HMAC.sha1(
            key: [UInt8](repeating: 0xaa, count: 80),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Hexadecimal.encode(long) == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
    }
}

@Suite("A derived key")
struct HKDFTests {
    @Test("is RFC 5869's, cases A.1 and A.3")
    func rfc5869() {
        let first = HKDF.sha256(
            key: [UInt8](repeating: 0x0b, count: 22), salt: hex("000102030405060708090a0b0c"),
            info: hex("f0f1f2f3f4f5f6f7f8f9"), length: 42)
        #expect(
            Hexadecimal.encode(first)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865")
        let third = HKDF.sha256(
            key: [UInt8](repeating: 0x0b, count: 22), info: "", length: 42)
        #expect(
            Hexadecimal.encode(third)
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8")
    }

    @Test("is Wycheproof's")
    func wycheproof() throws {
        for test in try Vectors.tests("wycheproof-hkdf.json") {
            let key = HKDF.sha256(
                key: try test.hex("ikm"), salt: try test.hex("salt"), info: try test.hex("info"),
                length: Int(try test.requiredInteger("size")))
            #expect(key == (try test.hex("okm")))
        }
    }

    @Test("of a store key differs by its purpose")
    func purposes() throws {
        let key = try #require(StoreKey(id: "00112233", bytes: (0..<32).map { $0 }))
        #expect(key.derived(for: "csrf") != key.derived(for: "interaction"))
        #expect(key.derived(for: "csrf").count == 32)
    }
}

@Suite("A comparison in constant time")
struct ConstantTimeTests {
    @Test("tells equal from different bytes and lengths")
    func equality() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2], [1, 2]))
        #expect(!ConstantTime.equal([1, 2], [1, 3]))
        #expect(!ConstantTime.equal([1, 2], [1, 2, 0]))
        #expect(!ConstantTime.equal([], [0]))
    }
}
