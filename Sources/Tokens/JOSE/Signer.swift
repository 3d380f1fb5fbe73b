/// A private key made ready to sign with one algorithm. Any thread may use it.
public struct Signer: Sendable {
    public let algorithm: Algorithm
    public let keyID: String
    public let publicKey: PublicKey

    /// Throws `.algorithmMismatch` when the key's type can't do the algorithm.
    public init(key: PrivateKey, algorithm: Algorithm, keyID: String) throws(KeyError) {
        self.algorithm = algorithm
        self.keyID = keyID
        self.publicKey = key.publicKey
    }

    /// The signature in JWS form: RSA as long as the modulus, ECDSA r ‖ s of 64 bytes, Ed25519 64 bytes.
    public func sign(_ signingInput: [UInt8]) throws(KeyError) -> [UInt8] {
        throw .operationFailed
    }
}
