import Testing

@testable import Tokens

@Suite("A sealed box")
struct SealedBoxTests {
    let key: StoreKey
    let other: StoreKey
    let nonce: [UInt8] = (0..<12).map { $0 }

    init() throws {
        key = try #require(StoreKey(id: "0a0b0c0d", bytes: (0..<32).map { $0 }))
        other = try #require(StoreKey(id: "01020304", bytes: (0..<32).map { $0 + 1 }))
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
    @Test("uses AES-256-GCM as McGrew and Viega's test case 16")
    func mcGrew() {
        let plaintext = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let nonce = hex("cafebabefacedbaddecaf888")
        let data = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let sealed = AESGCM.seal(plaintext, key: key, nonce: nonce, additional: data)
        #expect(
            Hexadecimal.encode(sealed)
                == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b")
        #expect(AESGCM.open(sealed, key: key, nonce: nonce, additional: data) == plaintext)
    }

    @Test("agrees with Wycheproof on what opens and what doesn't")
    func wycheproof() throws {
        for test in try Vectors.tests("wycheproof-aes-gcm.json") {
            let (key, nonce, data) = (try test.hex("key"), try test.hex("iv"), try test.hex("aad"))
            let sealed = try test.hex("ct") + test.hex("tag")
            let opened = AESGCM.open(sealed, key: key, nonce: nonce, additional: data)
            if try test.requiredString("result") == "valid" {
                #expect(opened == (try test.hex("msg")), "\(test.members)")
                let again = AESGCM.seal(
                    try test.hex("msg"), key: key, nonce: nonce, additional: data)
                #expect(again == sealed)
            } else {
                #expect(opened == nil, "\(test.members)")
            }
        }
    }

    @Test(
        "opens with its key and context, also empty and large",
        arguments: [0, 1, 15, 16, 17, 1000, 65_000])
    func roundTrip(count: Int) throws {
        let plaintext = [UInt8](repeating: 9, count: count)
        let box = SealedBox.seal(plaintext, context: "outbox/1", key: key, nonce: nonce)
        #expect(box.bytes.count == count + SealedBox.overhead)
        #expect(Array(box.bytes.prefix(17)) == [1, 0x0a, 0x0b, 0x0c, 0x0d] + nonce)
        #expect(
            try SealedBox(box.bytes).open(context: "outbox/1", keys: [other, key]) == plaintext)
    }

    @Test("doesn't open in another context, with another key or none")
    func contexts() {
        let box = SealedBox.seal([1, 2], context: "outbox/1", key: key, nonce: nonce)
        #expect(throws: SealedBoxError.notAuthentic) {
            try box.open(context: "outbox/2", keys: [key])
        }
        #expect(throws: SealedBoxError.notAuthentic) { try box.open(context: "", keys: [key]) }
        #expect(throws: SealedBoxError.unknownKey(id: "0a0b0c0d")) {
            try box.open(context: "outbox/1", keys: [other])
        }
        #expect(throws: SealedBoxError.notAuthentic) {
            let impostor = StoreKey(id: key.id, bytes: [UInt8](repeating: 3, count: 32))
            _ = try box.open(context: "outbox/1", keys: [#require(impostor)])
        }
    }

    @Test("doesn't open after any bit was changed or any byte cut")
    func tampering() throws {
        let box = SealedBox.seal(Array("provisional".utf8), context: "c", key: key, nonce: nonce)
        for index in box.bytes.indices {
            for bit in [0x01, 0x80] as [UInt8] {
                var bytes = box.bytes
                bytes[index] ^= bit
                #expect(throws: SealedBoxError.self) {
                    try SealedBox(bytes).open(context: "c", keys: [key, other])
                }
            }
        }
        for count in 0..<box.bytes.count {
            #expect(throws: SealedBoxError.self) {
                try SealedBox(Array(box.bytes.prefix(count))).open(context: "c", keys: [key])
            }
        }
        #expect(throws: SealedBoxError.notAuthentic) {
            try SealedBox(box.bytes + [0]).open(context: "c", keys: [key])
        }
    }

    @Test("has keys of 32 bytes and ids of 8 lower-case hexadecimal digits only")
    func keys() {
        let bytes: [UInt8] = (0..<32).map { $0 }
        for id in ["", "0a0b0c", "0A0B0C0D", "0a0b0c0g", "0a0b0c0d0e", "../../aa"] {
            #expect(StoreKey(id: id, bytes: bytes) == nil)
        }
        #expect(StoreKey(id: "0a0b0c0d", bytes: [1]) == nil)
    }
}
