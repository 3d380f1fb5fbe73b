import COpenSSL

/// The types of key that sign and verify here.
public enum KeyType: String, Sendable, CaseIterable {
    /// 2048 to 8192 bits.
    case rsa
    /// NIST P-256.
    case p256
    case ed25519
}

/// A public key, checked when it was made.
public struct PublicKey: Sendable, Equatable {
    /// The numbers that a JWK shows. Big-endian, RSA's without leading zeros, coordinates 32 bytes.
    public enum Parameters: Sendable, Hashable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case p256(x: [UInt8], y: [UInt8])
        case ed25519(x: [UInt8])
    }

    public let parameters: Parameters

    public var type: KeyType {
        switch parameters {
        case .rsa: .rsa
        case .p256: .p256
        case .ed25519: .ed25519
        }
    }

    /// Throws for RSA outside 2048–8192 bits or with a small or even exponent, and for points that
    /// aren't on their curve.
    public init(_ parameters: Parameters) throws(KeyError) {
        self.parameters = parameters
    }

    /// Whether this is the signature of `message`, in JWS form (ECDSA: r ‖ s). Never throws: what isn't
    /// exactly a valid signature is false.
    public func isValid(_ signature: [UInt8], for message: [UInt8], _ algorithm: Algorithm) -> Bool {
        false
    }

    public static func == (a: PublicKey, b: PublicKey) -> Bool {
        a.parameters == b.parameters
    }
}
