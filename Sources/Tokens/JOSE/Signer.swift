/// A private key made ready to sign with one algorithm. Any thread may use it.
///
/// RS256 and PS256 take about a millisecond of a core: sign with them on a bounded pool (design
/// §8).
public struct Signer: Sendable {
    public let algorithm: Algorithm
    public let keyID: String
    public let publicKey: PublicKey
    private let operation: SignatureOperation

    /// Throws `.algorithmMismatch` when the key's type can't do the algorithm.
    public init(key: PrivateKey, algorithm: Algorithm, keyID: String) throws(KeyError) {
        guard key.type == algorithm.keyType else { throw .algorithmMismatch }
        self.algorithm = algorithm
        self.keyID = keyID
        self.publicKey = key.publicKey
        operation = SignatureOperation(key.handle, algorithm, .sign)
    }

    /// The signature in JWS form: RSA as long as the modulus, ECDSA r ‖ s of 64 bytes, Ed25519 64
    /// bytes.
    public func sign(_ signingInput: [UInt8]) throws(KeyError) -> [UInt8] {
        let signature = try operation.sign(signingInput)
        guard algorithm == .es256 else { return signature }
        guard let raw = ECDSASignature.raw(fromDER: signature) else { throw .operationFailed }
        return raw
    }
}
