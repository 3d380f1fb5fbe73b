import FoundationEssentials
import Logging
import ServiceLifecycle
import Synchronization
import Tokens

/// The key ring in force. Read again every ten seconds, so that `educonnect keys rotate` reaches a
/// running server, and every node that shares the folder, without a restart (D7).
public final class LiveKeys: Sendable {
    private let folder: String
    private let ring: Mutex<KeyRing>

    public static let reloadInterval = Duration.seconds(10)

    /// Throws `KeyRingError` when the folder holds no usable keys.
    public init(folder: String) throws {
        self.folder = folder
        ring = Mutex(try KeyRing.load(folder: folder))
    }

    public var current: KeyRing { ring.withLock { $0 } }

    /// Reads the folder again. On an error the ring in force stays: a half-copied file must not stop
    /// the desk.
    public func reload() throws {
        let fresh = try KeyRing.load(folder: folder)
        ring.withLock { $0 = fresh }
    }

    /// Reads the folder again and again until the program stops.
    public func reloading(log: Logger) -> some Service {
        Repeated(every: Self.reloadInterval) {
            do {
                try self.reload()
            } catch {
                log.error("keys not reloaded", metadata: ["cause": "\(error)"])
            }
        }
    }
}
