import Testing

@testable import Tokens

@Suite("A password hash", .serialized)
struct PasswordHashTests {
    /// Quick enough for tests; verification takes any parameters within the bounds.
    static let quick = PasswordHash.Parameters(memoryKiB: 64, iterations: 1, parallelism: 1)
    static let salt: [UInt8] = (0..<16).map { $0 }

    static func hash(_ password: [UInt8]) throws -> String {
        try PasswordHash.hash(password, salt: salt, parameters: quick)
    }

    @Test("is RFC 9106 §5.3's, with secret and associated data")
    func rfc9106() throws {
        let tag = try PasswordHash.argon2id(
            [UInt8](repeating: 1, count: 32), salt: [UInt8](repeating: 2, count: 16),
            secret: [UInt8](repeating: 3, count: 8),
            associatedData: [UInt8](repeating: 4, count: 12),
            .init(memoryKiB: 32, iterations: 3, parallelism: 4), byteCount: 32)
        #expect(
            Hexadecimal.encode(tag)
                == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
    }

    /// phc-winner-argon2 src/test.c, Argon2id version 0x13.
    @Test(
        "is the reference implementation's",
        arguments: [
            (
                2, 256, 1, "password", "somesalt",
                "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"
            ),
            (
                2, 256, 2, "password", "somesalt",
                "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"
            ),
            (
                1, 65536, 1, "password", "somesalt",
                "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"
            ),
            (
                2, 65536, 1, "password", "diffsalt",
                "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"
            ),
        ])
    func reference(
        t: Int, m: Int, p: Int, password: String, salt: String, expected: String
    ) throws {
        let tag = try PasswordHash.argon2id(
            Array(password.utf8), salt: Array(salt.utf8),
            .init(memoryKiB: m, iterations: t, parallelism: p), byteCount: 32)
        #expect(Hexadecimal.encode(tag) == expected)
    }

    @Test("verifies its password and no other, with the standard parameters")
    func standard() throws {
        let phc = try PasswordHash.hash(Array("Parent26".utf8), salt: Self.salt)
        #expect(phc.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$"))
        #expect(try PasswordHash.verify(Array("Parent26".utf8), phc))
        #expect(try !PasswordHash.verify(Array("parent26".utf8), phc))
        #expect(!PasswordHash.needsRehash(phc))
        #expect(PasswordHash.needsRehash(phc, .init(memoryKiB: 65536)))
        #expect(PasswordHash.needsRehash(try Self.hash([1])))
    }

    /// security.md 2.42
    @Test(
        "depends on every byte: nothing is cut, NUL ends nothing",
        arguments: [14, 56, 72, 128, 1023])
    func truncation(count: Int) throws {
        let first = [UInt8](repeating: 0x61, count: count)
        let phc = try Self.hash(first + [0x62])
        #expect(try PasswordHash.verify(first + [0x62], phc))
        #expect(try !PasswordHash.verify(first + [0x63], phc))
        #expect(try !PasswordHash.verify(first, phc))
    }

    @Test("tells passwords apart that differ behind a NUL")
    func nul() throws {
        let phc = try Self.hash([0x61, 0, 0x62])
        #expect(try PasswordHash.verify([0x61, 0, 0x62], phc))
        #expect(try !PasswordHash.verify([0x61, 0, 0x63], phc))
        #expect(try !PasswordHash.verify([0x61], phc))
        #expect(try !PasswordHash.verify([], phc))
        let empty = try Self.hash([])
        #expect(try PasswordHash.verify([], empty))
        #expect(try !PasswordHash.verify([0], empty))
    }

    /// security.md 2.43
    @Test("refuses more than 1024 bytes, to make and to check")
    func tooLong() throws {
        let phc = try Self.hash([UInt8](repeating: 1, count: 1024))
        let long = [UInt8](repeating: 1, count: 1025)
        #expect(throws: PasswordHashError.passwordTooLong) { try Self.hash(long) }
        #expect(throws: PasswordHashError.passwordTooLong) { try PasswordHash.verify(long, phc) }
    }

    @Test(
        "is refused when its text is hostile or not canonical",
        arguments: [
            "", "$", "$$$$$", "plain",
            "$argon2i$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2d$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=16$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=4194304,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=1048577,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=99999999999999999999,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=17,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=4294967297,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=0,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=1,p=9$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=1,p=0$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=7,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=-64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=064,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$t=1,m=64,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=1,p=1,data=x$AAECAwQFBgcICQoLDA0ODw$HASH",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0O$HASH",
            "$argon2id$v=19$m=64,t=1,p=1$$HASH",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw==$HASH",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODx$HASH",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH$",
            " $argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$HASH",
        ])
    func hostile(text: String) throws {
        let good = try Self.hash([1])
        let phc = text.replacing("HASH", with: String(good.split(separator: "$").last ?? ""))
        #expect(throws: PasswordHashError.malformedHash) { try PasswordHash.verify([1], phc) }
        #expect(PasswordHash.needsRehash(phc))
    }

    @Test("is not made with a short salt or parameters beyond the bounds")
    func bounds() {
        #expect(throws: PasswordHashError.malformedHash) {
            try PasswordHash.hash([1], salt: [1, 2, 3], parameters: Self.quick)
        }
        #expect(throws: PasswordHashError.malformedHash) {
            try PasswordHash.hash([1], salt: Self.salt, parameters: .init(memoryKiB: 1 << 22))
        }
    }
}
