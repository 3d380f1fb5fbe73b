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
    private let present: Mutex<(now: Date, step: Duration)>

    public init(_ start: Date) { present = Mutex((start, .zero)) }

    public var now: Date {
        present.withLock { present in
            present.now = present.now + present.step
            return present.now
        }
    }

    /// From now on each look finds it so much later, as real clocks do: what is written as one moment in
    /// two places must have been read once.
    public func tick(by step: Duration = .milliseconds(1)) {
        present.withLock { $0.step = step }
    }

    public func advance(by duration: Duration) {
        present.withLock { $0.now = $0.now + duration }
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
        try await backend.withStore { store in
            let test = try TestDesk(
                store, policy: policy, TestClock(start), CountedRandomness(),
                try signaturePool ?? WorkerPool(threads: 2, waiting: 64))
            defer { test.closePools() }
            try await body(test)
        }
    }

    /// Several nodes of one provider on one database, each with a handle and a memory of its own.
    /// `start` starts one more; `stop` stops it, and whatever it only had in memory is gone.
    public static func runNodes(
        _ backend: Backend,
        _ body: (_ start: @escaping () throws -> TestDesk) async throws -> Void
    ) async throws {
        try await backend.withDatabase { open in
            let (clock, randomness) = (TestClock(start), CountedRandomness())
            var nodes: [TestDesk] = []
            let result: Result<Void, any Error>
            do {
                try await body {
                    let node = try TestDesk(
                        try open(), policy: Policy(profile: .educonnect), clock, randomness,
                        try WorkerPool(threads: 1, waiting: 64))
                    nodes.append(node)
                    return node
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            for node in nodes { await node.stop() }
            try result.get()
        }
    }

    public func stop() async {
        closePools()
        await store.close()
    }

    private init(
        _ store: IdentityStore, policy: Policy, _ clock: TestClock,
        _ randomness: CountedRandomness, _ signaturePool: WorkerPool
    ) throws {
        self.clock = clock
        desk = Desk(
            issuer: Self.issuer, policy: policy,
            environment: ServerEnvironment(
                now: { clock.now }, random: randomness.bytes, log: Logger(label: "test")),
            store: store, keys: try LiveKeys(folder: try Self.keyFolder.get().path),
            cookies: CookieNames(secure: true, application: "educonnect"), layout: Self.layout,
            passwordPool: try WorkerPool(threads: 1, waiting: 8), signaturePool: signaturePool)
    }

    private func closePools() {
        desk.passwordPool.close()
        desk.signaturePool.close()
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
            home: "/", version: "test",
            footer: [
                Layout.Link("Contacts", "/contact"),
                Layout.Link("Mentions légales", "/mentions-legales"), Layout.Link("Aide", "/aide"),
            ], contact: "/contact"))
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
