import FoundationEssentials
import Glibc
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

    /// The machine's clock and the kernel's generator (`getrandom(2)`, by glibc's `arc4random_buf`).
    public static func live(_ log: Logger) -> ServerEnvironment {
        ServerEnvironment(
            now: { Date() },
            random: { byteCount in
                // One call for all of them: Swift's own generator asks the kernel for each 8 bytes.
                [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
                    guard let start = buffer.baseAddress else { return }
                    arc4random_buf(start, byteCount)
                    count = byteCount
                }
            },
            log: log)
    }
}
