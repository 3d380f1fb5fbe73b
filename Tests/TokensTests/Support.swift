import FoundationEssentials
import Glibc

@testable import Tokens

/// Published vectors as data files beside the tests, each with its source inside.
enum Vectors {
    static func load(_ name: String) throws -> JSONMembers {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "/\(folder)/Vectors/\(name)"))
        let limits = JSON.Limits(byteCount: 1 << 20)
        return try JSON(parsing: Array(data), limits: limits).members()
    }

    static func tests(_ name: String) throws -> [JSONMembers] {
        try (load(name).array("tests") ?? []).map { try $0.members() }
    }
}

extension JSONMembers {
    func hex(_ name: String) throws -> [UInt8] {
        let text = try requiredString(name)
        guard let bytes = Hexadecimal.decode(text.lowercased()) else {
            throw JSONError(.invalidValue, at: name)
        }
        return bytes
    }
}

func hex(_ text: String) -> [UInt8] {
    Hexadecimal.decode(text.filter { !$0.isWhitespace }) ?? []
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// Text of one to four byte characters, quotes and controls among them.
    mutating func text(_ count: Int) -> String {
        let alphabet = Array("ab\"\\/é\u{301}€\u{1f600}\n\t\u{1}% +&=;\u{7f}".unicodeScalars)
        var text = ""
        for _ in 0..<count {
            text.unicodeScalars.append(alphabet[Int.random(in: alphabet.indices, using: &self)])
        }
        return text
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/educonnect-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw KeyRingError.unwritable(file: "/tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        chmod(path + "/" + name, mode)
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path + "/" + name)), as: UTF8.self)
    }
}

/// Keys made once for all tests.
enum TestKeys {
    static let rsa = Result { try PrivateKey.generate(.rsa) }
    static let otherRSA = Result { try PrivateKey.generate(.rsa) }
    static let p256 = Result { try PrivateKey.generate(.p256) }
    static let ed25519 = Result { try PrivateKey.generate(.ed25519) }

    static func key(_ algorithm: Algorithm) throws -> PrivateKey {
        switch algorithm.keyType {
        case .rsa: try rsa.get()
        case .p256: try p256.get()
        case .ed25519: try ed25519.get()
        }
    }

    static func signer(_ algorithm: Algorithm, keyID: String = "k") throws -> Signer {
        try Signer(key: try key(algorithm), algorithm: algorithm, keyID: keyID)
    }

    static func jwk(_ algorithm: Algorithm, keyID: String = "k") throws -> JWK {
        try JWK(try key(algorithm).publicKey, keyID: keyID, algorithm: algorithm)
    }
}

/// 21 November 2026, 10:00 UTC.
let someDay = Date(timeIntervalSince1970: 1_795_255_200)

extension Date {
    func after(_ duration: Duration) -> Date {
        addingTimeInterval(duration.timeInterval)
    }
}
