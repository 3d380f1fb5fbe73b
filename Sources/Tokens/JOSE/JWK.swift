/// A public key as JSON. Source: RFC 7517, RFC 7518 §6, RFC 8037 §2.
public struct JWK: Sendable, Equatable {
    public let publicKey: PublicKey
    public let keyID: String?
    /// The only algorithm of this key; nil leaves all that its type can.
    public let algorithm: Algorithm?

    /// Throws `.algorithmMismatch` when the key's type can't do the algorithm.
    public init(
        _ publicKey: PublicKey, keyID: String?, algorithm: Algorithm?
    ) throws(KeyError) {
        self.publicKey = publicKey
        self.keyID = keyID
        self.algorithm = algorithm
    }

    /// Reads a public signature key. Private members, `use` other than `sig` and `key_ops` without
    /// `verify` are refused.
    public init(_ json: JSON) throws(KeyError) {
        throw .malformed("")
    }

    /// What this key may verify.
    public var algorithms: Set<Algorithm> { [] }

    /// SHA-256 of the required members, base64url (RFC 7638).
    public var thumbprint: String { "" }

    public var json: JSON { .null }
}

/// A set of public keys. Source: RFC 7517 §5.
public struct JWKSet: Sendable, Equatable {
    public static let keyCountMax = 32

    public let keys: [JWK]

    public init(_ keys: [JWK]) {
        self.keys = keys
    }

    /// Reads somebody's set. Keys of unknown type, curve, use or algorithm are left out (§5); private
    /// members, two keys with one `kid`, and more than 32 keys refuse the whole set.
    public init(_ json: JSON) throws(KeyError) {
        throw .malformed("")
    }

    public init(parsing bytes: [UInt8]) throws(KeyError) {
        throw .malformed("")
    }

    public var json: JSON { .null }

    public func serialized() -> [UInt8] { json.serialized() }
}
