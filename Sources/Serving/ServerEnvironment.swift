import FoundationEssentials
import Logging

/// What a program takes from the outside world: the time, randomness, and where its log goes. Tests
/// put a fixed clock and counted bytes in their place.
public struct ServerEnvironment: Sendable {
    /// The present moment (UTC).
    public var now: @Sendable () -> Date
    /// That many bytes from a cryptographically secure generator.
    public var random: @Sendable (_ byteCount: Int) -> [UInt8]
    public var log: Logger

    public init(
        now: @escaping @Sendable () -> Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8],
        log: Logger
    ) {
        self.now = now
        self.random = random
        self.log = log
    }

    /// The machine's clock and the kernel's generator (`getrandom(2)`).
    public static func live(_ log: Logger) -> ServerEnvironment {
        ServerEnvironment(
            now: { Date() },
            random: { byteCount in
                var generator = SystemRandomNumberGenerator()
                var bytes = [UInt8]()
                bytes.reserveCapacity(byteCount + 8)
                while bytes.count < byteCount {
                    withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
                }
                bytes.removeLast(bytes.count - byteCount)
                return bytes
            },
            log: log)
    }
}
