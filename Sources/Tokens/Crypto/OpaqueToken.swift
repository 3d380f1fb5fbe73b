import FoundationEssentials

/// A random secret that is looked up: a prefix that tells its kind, then
/// base64url(selector 16 bytes ‖ verifier 32 bytes), 68 characters with the prefix.
///
/// The store finds the row by the selector, which grows with time and so keeps inserts at one end
/// of the index, and compares `hash` in constant time; the verifier itself is stored nowhere.
public struct OpaqueToken: Sendable, Equatable {
    /// Each kind has one prefix and one look-up function, so that none passes for another.
    public enum Kind: String, Sendable, CaseIterable {
        case authorizationCode = "ecc_"
        case accessToken = "eca_"
        case refreshToken = "ecr_"
        case session = "ecs_"
        case staffSession = "ecf_"
        case browser = "ecb_"
        case interaction = "eci_"
        case initialAccess = "ecn_"
        case registrationAccess = "ecg_"
        case mailToken = "ecm_"
        case pushedRequest = "ecp_"
        case clientSecret = "eck_"
    }

    public static let selectorByteCount = 16
    public static let verifierByteCount = 32
    static let prefixLength = 4
    static let textLength = prefixLength + 64

    public let kind: Kind
    /// 16 bytes: 48 bits of milliseconds since 1970, then 80 random bits.
    public let selector: [UInt8]
    /// 32 random bytes.
    public let verifier: [UInt8]

    /// A part of the right size made elsewhere, as a refresh token's successor; nil for other
    /// sizes.
    public init?(kind: Kind, selector: [UInt8], verifier: [UInt8]) {
        guard selector.count == OpaqueToken.selectorByteCount,
            verifier.count == OpaqueToken.verifierByteCount
        else { return nil }
        self.kind = kind
        self.selector = selector
        self.verifier = verifier
    }

    private init(_ kind: Kind, _ selector: [UInt8], _ verifier: [UInt8]) {
        self.kind = kind
        self.selector = selector
        self.verifier = verifier
    }

    /// A new token. `random(n)` gives n random bytes.
    public static func make(
        _ kind: Kind, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) -> OpaqueToken {
        let randomByteCount = 10 + verifierByteCount
        let random = random(randomByteCount)
        precondition(random.count == randomByteCount)
        let seconds = now.timeIntervalSince1970
        let milliseconds = UInt64(max(0, min(seconds * 1000, 0xffff_ffff_ffff)))
        let selector = [UInt8](unsafeUninitializedCapacity: selectorByteCount) { out, count in
            for index in 0..<6 {
                out[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * index))
            }
            for index in 0..<10 { out[6 + index] = random[index] }
            count = selectorByteCount
        }
        return OpaqueToken(kind, selector, Array(random[10...]))
    }

    /// Parses strictly: this kind's prefix, then 64 canonical base64url characters.
    public init?(_ text: String, kind: Kind) {
        let utf8 = text.utf8
        guard utf8.count == OpaqueToken.textLength, utf8.starts(with: kind.rawValue.utf8),
            let bytes = Base64URL.decode(utf8.dropFirst(OpaqueToken.prefixLength))
        else { return nil }
        self.init(
            kind, Array(bytes[..<OpaqueToken.selectorByteCount]),
            Array(bytes[OpaqueToken.selectorByteCount...]))
    }

    /// What travels: a secret.
    public var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(OpaqueToken.textLength)
        bytes.append(contentsOf: kind.rawValue.utf8)
        Base64URL.append(selector + verifier, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// SHA-256 of the verifier: what is stored. 32 bytes.
    public var hash: [UInt8] {
        Digest.sha256(verifier).bytes
    }

    public static func == (a: OpaqueToken, b: OpaqueToken) -> Bool {
        a.kind == b.kind && a.selector == b.selector && ConstantTime.equal(a.verifier, b.verifier)
    }
}

extension OpaqueToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { kind.rawValue + Secret.mask }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
