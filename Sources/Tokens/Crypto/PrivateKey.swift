import COpenSSL

/// A private key. Prints as `•••`.
public struct PrivateKey: Sendable {
    public let publicKey: PublicKey

    public var type: KeyType { publicKey.type }

    /// A new key; RSA with 2048 bits unless said otherwise. RSA takes a tenth of a second and more.
    public static func generate(
        _ type: KeyType, rsaBitCount: Int = 2048
    ) throws(KeyError) -> PrivateKey {
        throw .operationFailed
    }

    /// Reads an unencrypted PKCS#8 PEM text.
    public init(pem: Secret) throws(KeyError) {
        throw .malformed("")
    }

    /// PKCS#8 PEM, not encrypted.
    public func pem() throws(KeyError) -> Secret {
        throw .operationFailed
    }

    /// Reads a private JWK (RFC 7518 §6, RFC 8037).
    public init(jwk: JSON) throws(KeyError) {
        throw .malformed("")
    }

    /// The private JWK: secret.
    public func jwk() throws(KeyError) -> JSON {
        throw .operationFailed
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
