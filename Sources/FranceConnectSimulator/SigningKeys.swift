import FoundationEssentials
import Synchronization
import Tokens

/// The keys that tokens are signed with, made at the first start and rotated on demand.
final class SigningKeys: Sendable {
    /// How long a retired key stays published: longer than any token it signed.
    private static let publishedAfterwards = Duration.seconds(10 * 60)
    /// How long it still verifies the `id_token_hint` of a sign-out.
    private static let hintsAfterwards = Duration.seconds(30 * 24 * 60 * 60)

    private let folder: String
    private let ring: Mutex<KeyRing>

    init(folder: String, at now: Date) throws {
        try FileManager.default.createDirectory(
            at: URL(filePath: folder), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try KeyRing.makeFirst(
            folder: folder, algorithms: Array(ServiceProvider.algorithms), at: now)
        self.folder = folder
        ring = Mutex(try KeyRing.load(folder: folder))
    }

    var current: KeyRing { ring.withLock { $0 } }

    /// Throws where the folder has no key for the algorithm, which `init` makes.
    func signer(_ algorithm: Algorithm, at now: Date) throws(KeyError) -> Signer {
        guard let signer = current.current(for: algorithm, at: now) else {
            throw .unsupported("no key for \(algorithm.rawValue)")
        }
        return signer
    }

    /// New keys that sign from now on; the old ones stay published for a while.
    func rotate(at now: Date) throws(KeyRingError) {
        for algorithm in ServiceProvider.algorithms {
            _ = try KeyRing.rotate(
                folder: folder, algorithm: algorithm, at: now, lead: .zero,
                tokenLife: Self.publishedAfterwards, sessionLife: Self.hintsAfterwards)
        }
        let renewed = try KeyRing.load(folder: folder)
        ring.withLock { $0 = renewed }
    }
}
