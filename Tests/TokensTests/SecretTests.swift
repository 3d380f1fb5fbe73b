import FoundationEssentials
import Testing

@testable import Tokens

@Suite("A secret")
struct SecretTests {
    @Test("is never printed, dumped or mirrored (security.md 2.53)")
    func printing() throws {
        let secret = Secret("canary-value")
        let token = OpaqueToken.make(.session, at: someDay) { [UInt8](repeating: 0x41, count: $0) }
        struct Holder {
            let secret: Secret
            let token: OpaqueToken
            let key: PrivateKey
        }
        let key = try TestKeys.p256.get()
        let holder = Holder(secret: secret, token: token, key: key)
        var dumped = ""
        dump(holder, to: &dumped)
        let printed =
            "\(secret) \(token) \(key) \(holder) \(Optional(secret) as Any)" + dumped
            + String(reflecting: holder) + String(reflecting: token)
        #expect(!printed.contains("canary"))
        #expect(!printed.contains(Base64URL.encode(token.verifier)))
        #expect(!printed.contains("65, 65"))
        #expect(printed.contains("•••"))
    }

    @Test("equals the same bytes only")
    func equality() {
        #expect(Secret("a") == Secret([0x61]))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("a") != Secret("ab"))
        #expect(Secret("é").text == "é")
    }
}

@Suite("An opaque token")
struct OpaqueTokenTests {
    @Test(
        "has the form of design D22 and comes back from its text",
        arguments: OpaqueToken.Kind.allCases)
    func form(kind: OpaqueToken.Kind) throws {
        var random = SeededGenerator(seed: 4)
        let token = OpaqueToken.make(kind, at: someDay) { random.bytes($0) }
        #expect(token.text.utf8.count == 68)
        #expect(token.text.hasPrefix(kind.rawValue))
        #expect(token.selector.count == 16 && token.verifier.count == 32)
        #expect(token.hash == Digest.sha256(token.verifier).bytes)
        let parsed = try #require(OpaqueToken(token.text, kind: kind))
        #expect(parsed == token)
        #expect(parsed.selector == token.selector && parsed.hash == token.hash)
    }

    /// security.md 2.19
    @Test("of one kind is never read as another, and all prefixes differ")
    func kinds() {
        let kinds = OpaqueToken.Kind.allCases
        #expect(Set(kinds.map(\.rawValue)).count == kinds.count)
        #expect(kinds.allSatisfy { $0.rawValue.utf8.count == OpaqueToken.prefixLength })
        for kind in kinds {
            let token = OpaqueToken.make(kind, at: someDay) { [UInt8](repeating: 7, count: $0) }
            for other in kinds where other != kind {
                #expect(OpaqueToken(token.text, kind: other) == nil)
            }
        }
    }

    @Test("has a selector that grows with time, to the millisecond")
    func order() {
        let selectors = (0..<100).map { index in
            OpaqueToken.make(.session, at: someDay.addingTimeInterval(Double(index) / 100)) {
                [UInt8](repeating: UInt8(200 - index), count: $0)
            }.selector
        }
        for (earlier, later) in zip(selectors, selectors.dropFirst()) {
            #expect(earlier.lexicographicallyPrecedes(later))
        }
        #expect(Hexadecimal.encode(Array(selectors[0].prefix(6))) == "01a1fd8c6900")
    }

    @Test("is refused when any character is added, dropped or foreign")
    func refused() {
        var random = SeededGenerator(seed: 5)
        let text = OpaqueToken.make(.accessToken, at: someDay) { random.bytes($0) }.text
        #expect(OpaqueToken(text + "A", kind: .accessToken) == nil)
        #expect(OpaqueToken(text + "=", kind: .accessToken) == nil)
        #expect(OpaqueToken(" " + text, kind: .accessToken) == nil)
        #expect(OpaqueToken(String(text.dropLast()), kind: .accessToken) == nil)
        #expect(OpaqueToken(String(text.dropFirst()), kind: .accessToken) == nil)
        #expect(OpaqueToken(text.uppercased(), kind: .accessToken) == nil)
        #expect(OpaqueToken("", kind: .accessToken) == nil)
        #expect(OpaqueToken("eca_", kind: .accessToken) == nil)
        for index in 4..<68 {
            var characters = Array(text.utf8)
            characters[index] = UInt8(ascii: "+")
            #expect(
                OpaqueToken(String(decoding: characters, as: UTF8.self), kind: .accessToken) == nil)
        }
    }

    @Test("made of parts takes their right sizes only")
    func parts() {
        let selector = [UInt8](repeating: 1, count: 16)
        let verifier = [UInt8](repeating: 2, count: 32)
        #expect(OpaqueToken(kind: .refreshToken, selector: selector, verifier: verifier) != nil)
        #expect(OpaqueToken(kind: .refreshToken, selector: [1], verifier: verifier) == nil)
        #expect(OpaqueToken(kind: .refreshToken, selector: selector, verifier: [2]) == nil)
    }
}
