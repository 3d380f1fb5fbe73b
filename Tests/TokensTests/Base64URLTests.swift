import Testing

@testable import Tokens

@Suite("Base64url")
struct Base64URLTests {
    /// RFC 4648 §10, without padding, and RFC 7515 appendix C.
    static let vectors: [(text: String, bytes: [UInt8])] = [
        ("", []), ("Zg", Array("f".utf8)), ("Zm8", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
        ("Zm9vYg", Array("foob".utf8)), ("Zm9vYmE", Array("fooba".utf8)),
        ("Zm9vYmFy", Array("foobar".utf8)), ("A-z_4ME", [3, 236, 255, 224, 193]),
    ]

    @Test(
        "reads and writes the vectors of RFC 4648 §10 and RFC 7515 appendix C", arguments: vectors)
    func published(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "has one text for a value: others are refused",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v",
            "Zm 9v",
            "Zm9v.", "é", "Zm9v\0", "=", "====",
        ])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("comes back as it was, for any bytes")
    func roundTrip() {
        var random = SeededGenerator(seed: 1)
        for count in 0..<200 {
            let bytes = random.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            var appended: [UInt8] = [7]
            Base64URL.append(bytes, to: &appended)
            #expect(appended == [7] + Array(Base64URL.encode(bytes).utf8))
        }
    }

    @Test("never reads one value from two texts of four characters")
    func canonical() {
        var random = SeededGenerator(seed: 2)
        let alphabet = Array("ABCDwxyz0189-_=+/ ".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...6, using: &random)
            let text = String(
                decoding: (0..<count).map { _ in
                    alphabet[Int.random(in: alphabet.indices, using: &random)]
                }, as: UTF8.self)
            guard let bytes = Base64URL.decode(text) else { continue }
            #expect(Base64URL.encode(bytes) == text)
        }
    }
}

@Suite("Base64 with padding")
struct Base64Tests {
    @Test(
        "reads and writes the vectors of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func published(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test(
        "refuses missing, foreign and excessive padding",
        arguments: [
            "Zg", "Zg=", "Zm8", "Zg===", "Z===", "====", "Zm9v====", "Zm-v", "Zh==", "Zm9v\n",
        ])
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
