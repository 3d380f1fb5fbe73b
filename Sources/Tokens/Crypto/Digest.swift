import COpenSSL

/// A SHA-256 value: 32 bytes, held without an allocation. Equal in constant time.
///
/// Source: FIPS 180-4.
public struct Digest: Hashable, Sendable {
    public static let byteCount = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// SHA-256 of the bytes.
    public static func sha256(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// SHA-256 of the text's UTF-8.
    public static func sha256(_ text: String) -> Digest {
        var text = text
        return text.withUTF8 { sha256(UnsafeRawBufferPointer($0)) }
    }

    static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { out in
            Hash.sha256.run(bytes, into: out)
        }
        return Digest(words: words)
    }

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// A value read back from the store; nil unless it has 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = words
    }

    public var bytes: [UInt8] {
        withUnsafeBytes(of: words) { Array($0) }
    }

    /// The bytes in place, for C.
    func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        withUnsafeBytes(of: words) { raw in
            raw.withMemoryRebound(to: UInt8.self) { bytes in
                // A tuple of 32 bytes has an address.
                bytes.baseAddress.map(body) ?? body([])
            }
        }
    }

    public static func == (a: Digest, b: Digest) -> Bool {
        let difference =
            (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1)
            | (a.words.2 ^ b.words.2) | (a.words.3 ^ b.words.3)
        return difference == 0
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

/// A hash function by name, for the places where the standard lets a key choose it.
public enum Hash: Sendable {
    /// Only inside the time-based codes of RFC 6238, which authenticator apps fix to SHA-1.
    case sha1
    case sha256
    case sha512

    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    public func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { out, count in
            bytes.withUnsafeBytes { run($0, into: UnsafeMutableRawBufferPointer(out)) }
            count = byteCount
        }
    }

    var algorithm: OpaquePointer {
        switch self {
        case .sha1: ThreadContexts.Algorithms.shared.sha1
        case .sha256: ThreadContexts.Algorithms.shared.sha256
        case .sha512: ThreadContexts.Algorithms.shared.sha512
        }
    }

    /// Writes `byteCount` bytes; `out` has at least as many.
    func run(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) {
        precondition(out.count >= byteCount)
        let context = ThreadContexts.current.digest
        // Hashing memory cannot fail but for lack of memory, which no caller could mend.
        let done =
            EVP_DigestInit_ex2(context, algorithm, nil) == 1
            && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
            && EVP_DigestFinal_ex(
                context, out.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
        precondition(done, "OpenSSL could not hash")
    }
}
