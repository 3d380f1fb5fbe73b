/// The signature algorithms of ours, by their JOSE names. There is no `none` and no HMAC among
/// them.
///
/// Source: RFC 7518 §3.1, RFC 8037 §3.1.
public enum Algorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
    /// Ed25519 only.
    case edDSA = "EdDSA"

    public var keyType: KeyType {
        switch self {
        case .rs256, .ps256: .rsa
        case .es256: .p256
        case .edDSA: .ed25519
        }
    }

    /// What FAPI 2.0 allows (§5.4.1).
    public static let fapi: Set<Algorithm> = [.ps256, .es256, .edDSA]
    public static let all = Set(allCases)

    /// The hash that `at_hash`, `c_hash` and `s_hash` use with this algorithm (Core §3.1.3.6).
    var hash: Hash {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        // Ed25519 signs over SHA-512 (RFC 8032 §5.1).
        case .edDSA: .sha512
        }
    }
}
