import COpenSSL

/// A 32-byte key that seals what is stored, named by an id so that it can be replaced.
public struct StoreKey: Sendable, Equatable {
    public static let byteCount = 32
    static let idByteCount = 4

    /// 8 lower-case hexadecimal digits.
    public let id: String
    let bytes: Secret

    /// Nil unless the id has 8 lower-case hexadecimal digits and the key 32 bytes.
    public init?(id: String, bytes: [UInt8]) {
        guard bytes.count == StoreKey.byteCount, Hexadecimal.decode(id)?.count == StoreKey.idByteCount
        else { return nil }
        self.id = id
        self.bytes = Secret(bytes)
    }

    /// A key of its own for one use: HKDF-SHA-256 under a label such as `csrf`.
    public func derived(for purpose: String) -> [UInt8] {
        HKDF.sha256(key: bytes.exposed, info: "educonnect " + purpose, length: StoreKey.byteCount)
    }
}

public enum SealedBoxError: Error, Equatable, Sendable {
    /// Too short, or another version.
    case malformed
    case unknownKey(id: String)
    /// Changed, or sealed for another context.
    case notAuthentic
}

/// AES-256-GCM: version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
///
/// The context names what the box belongs to ("outbox/0190…"), so that a box moved to another row
/// doesn't open. With random nonces a key seals at most 2³² boxes (NIST SP 800-38D §8.3).
public struct SealedBox: Sendable, Hashable {
    public static let nonceByteCount = 12
    static let version: UInt8 = 1
    static let tagByteCount = 16
    static let headerByteCount = 1 + StoreKey.idByteCount + nonceByteCount
    /// What a box adds to its content.
    public static let overhead = headerByteCount + tagByteCount

    public let bytes: [UInt8]

    /// A box read back; nothing is checked before `open`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// `nonce` is 12 random bytes, never used before with this key.
    public static func seal(
        _ plaintext: [UInt8], context: String, key: StoreKey, nonce: [UInt8]
    ) -> SealedBox {
        SealedBox([])
    }

    public func open(context: String, keys: [StoreKey]) throws(SealedBoxError) -> [UInt8] {
        throw .malformed
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Nil for other characters (upper case too) and for an odd length.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }
}
