/// A header as it came: nothing in it is trusted before a key of ours has verified the signature.
public struct JOSEHeader: Sendable, Equatable {
    public let algorithm: Algorithm
    public let keyID: String?
    /// `typ`, as written.
    public let type: String?
    /// `jwk`, only where the caller allowed one (DPoP).
    public let embeddedKey: JWK?
}

/// A token whose signature nobody has checked: good for choosing the keys, for nothing else.
public struct UnverifiedJWS: Sendable {
    public let header: JOSEHeader
    public let unverifiedPayload: [UInt8]
    let signature: [UInt8]
    let signingInput: [UInt8]
}

/// A token whose signature is that of a key the caller named.
public struct VerifiedJWS: Sendable {
    public let header: JOSEHeader
    public let payload: [UInt8]
    public let key: JWK
}

/// Signed content in compact form. Source: RFC 7515.
public enum JWS {
    /// Longer texts are refused before anything is decoded.
    public static let characterCountMax = 16 * 1024

    public enum EmbeddedKey: Sendable {
        case refused
        /// DPoP proofs carry their public key (RFC 9449 §4.2); the caller must compare its thumbprint.
        case allowed
    }

    /// Signs a payload. `type` becomes `typ`.
    public static func compact(
        payload: [UInt8], type: String? = nil, signer: Signer
    ) throws(KeyError) -> String {
        ""
    }

    public static func parse(
        _ text: String, embeddedKey: EmbeddedKey = .refused
    ) throws(JWTError) -> UnverifiedJWS {
        throw JWTError(.malformed)
    }

    /// Finds the key by `kid` (without one: every key that fits, at most `keyTriesMax`) and verifies.
    public static func verify(
        _ jws: UnverifiedJWS, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all
    ) throws(JWTError) -> VerifiedJWS {
        throw JWTError(.malformed)
    }

    /// Verifies with one key, whatever the header's `kid`.
    public static func verify(
        _ jws: UnverifiedJWS, key: JWK, allowed: Set<Algorithm> = Algorithm.all
    ) throws(JWTError) -> VerifiedJWS {
        throw JWTError(.malformed)
    }
}
