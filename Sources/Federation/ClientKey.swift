import Tokens

/// The private key by which a client proves who it is (`private_key_jwt`), in a file of its own.
public struct ClientKey: Sendable {
    public static let algorithm = Algorithm.es256

    public enum Failure: Error, Equatable, CustomStringConvertible {
        case file(PrivateFile.Failure)
        case malformed(String)

        public var description: String {
            switch self {
            case .file(let failure): failure.description
            case .malformed(let file): "\(file) holds no P-256 key in PKCS#8 PEM"
            }
        }
    }

    public let signer: Signer
    public let publicKeys: JWKSet

    /// Reads the file; makes it with a new P-256 key where there is none.
    public init(file: String) throws(Failure) {
        let bytes: [UInt8]
        do {
            let file = PrivateFile(file)
            if !file.exists {
                try file.make(try PrivateKey.generate(Self.algorithm.keyType).pem().exposed)
            }
            bytes = try file.contents()
        } catch let failure as PrivateFile.Failure {
            throw .file(failure)
        } catch {
            throw .malformed(file)
        }
        do {
            let key = try PrivateKey(pem: Secret(bytes))
            // The name of the key is its thumbprint, so that a new key can't pass for the old one.
            let unnamed = try JWK(key.publicKey, keyID: nil, algorithm: Self.algorithm)
            signer = try Signer(key: key, algorithm: Self.algorithm, keyID: unnamed.thumbprint)
            publicKeys = JWKSet([
                try JWK(key.publicKey, keyID: unnamed.thumbprint, algorithm: Self.algorithm)
            ])
        } catch {
            throw .malformed(file)
        }
    }
}
