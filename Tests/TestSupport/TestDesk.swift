import Flow
import FoundationEssentials
import Logging
import Serving
import Store
import Synchronization
import Tokens
import Web

/// A clock that only a test moves.
public final class TestClock: Sendable {
    private let present: Mutex<Date>

    public init(_ start: Date) { present = Mutex(start) }

    public var now: Date { present.withLock { $0 } }

    public func advance(by duration: Duration) {
        present.withLock { $0 = $0 + duration }
    }
}

/// The desk of the provider on an empty store of its own, at a fixed time, with counted randomness:
/// what an endpoint needs, and short ways to what a test needs.
public struct TestDesk: Sendable {
    public let desk: Desk
    public let clock: TestClock

    /// Thursday 15 January 2026, 10:00 UTC.
    public static let start = Date(timeIntervalSince1970: 1_768_471_200)
    public static let issuer = "https://educonnect.example.org"

    public var store: IdentityStore { desk.store }

    /// Opens the store, runs the body, and removes everything.
    public static func run(
        _ backend: Backend, policy: Policy = Policy(profile: .educonnect),
        signaturePool: WorkerPool? = nil,
        _ body: (TestDesk) async throws -> Void
    ) async throws {
        let keys = try keyFolder.get().path
        try await backend.withStore { store in
            let clock = TestClock(start)
            let passwordPool = try WorkerPool(threads: 1, waiting: 8)
            let signaturePool = try signaturePool ?? WorkerPool(threads: 2, waiting: 64)
            let desk = Desk(
                issuer: issuer, policy: policy,
                environment: ServerEnvironment(
                    now: { clock.now }, random: CountedRandomness().bytes,
                    log: Logger(label: "test")),
                store: store, keys: try LiveKeys(folder: keys),
                cookies: CookieNames(secure: true, application: "educonnect"), layout: layout,
                passwordPool: passwordPool, signaturePool: signaturePool)
            defer {
                passwordPool.close()
                signaturePool.close()
            }
            try await body(TestDesk(desk: desk, clock: clock))
        }
    }

    /// A key of each algorithm, made once for the whole run: RSA keys take their time.
    private static let keyFolder: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder("educonnect_keys")
        try KeyRing.makeFirst(
            folder: folder.path, algorithms: Algorithm.allCases, at: start - .seconds(86_400))
        return folder
    }

    private static let layout = Layout(
        product: Layout.Product(
            name: "EDUCONNECT", slogan: "Le portail des responsables d'élèves du 1er degré",
            home: "/", version: "test", footer: []))
}

/// Bytes that are all different from draw to draw and the same in each run: a counter, hashed.
public final class CountedRandomness: Sendable {
    private let count = Atomic<Int>(0)

    public init() {}

    @Sendable public func bytes(_ byteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            bytes += Digest.sha256("randomness \(number)").bytes
        }
        return Array(bytes.prefix(byteCount))
    }
}
