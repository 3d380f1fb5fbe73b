import FoundationEssentials
import Glibc
import Tokens

/// The private key by which a client proves who it is (`private_key_jwt`), in a file of its own.
public struct ClientKey: Sendable {
    public static let algorithm = Algorithm.es256

    public enum Failure: Error, Equatable, CustomStringConvertible {
        case unreadable(String)
        /// Others than the owner may read it: the mode must be 0600.
        case permissions(String)
        case malformed(String)
        case unwritable(String)

        public var description: String {
            switch self {
            case .unreadable(let file): "\(file) can't be read"
            case .permissions(let file): "\(file) must be readable by its owner alone (mode 0600)"
            case .malformed(let file): "\(file) holds no P-256 key in PKCS#8 PEM"
            case .unwritable(let file): "\(file) can't be written"
            }
        }
    }

    public let signer: Signer
    public let publicKeys: JWKSet

    /// Reads the file; makes it with a new P-256 key where there is none.
    public init(file: String) throws(Failure) {
        if access(file, F_OK) != 0 { try Self.make(file) }
        var status = stat()
        guard stat(file, &status) == 0 else { throw .unreadable(file) }
        guard status.st_mode & 0o077 == 0 else { throw .permissions(file) }
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw .unreadable(file)
        }
        do {
            let key = try PrivateKey(pem: Secret(Array(bytes)))
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

    private static func make(_ file: String) throws(Failure) {
        let pem: Secret
        do {
            pem = try PrivateKey.generate(Self.algorithm.keyType).pem()
        } catch {
            throw .malformed(file)
        }
        if let slash = file.lastIndex(of: "/") {
            let folder = URL(filePath: String(file[..<slash]))
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        // Exclusive: of two programs that start at once, one makes the key and the other reads it.
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw .unwritable(file)
        }
        defer { close(descriptor) }
        let bytes = pem.exposed
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else { throw .unwritable(file) }
    }
}
