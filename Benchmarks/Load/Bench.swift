import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Tokens

/// A server that runs, and all that the workloads need of it.
struct Bench {
    let loop: any EventLoop
    let server: Server
    let port: Int
    let provider: Provider
    let clients: [String: Credentials]
    let parents: Parents
    /// Connections of a workload that isn't limited otherwise.
    let connections: Int
    private(set) var sessions: [String] = []
    /// All cookies of the browsers that hold the sessions.
    private(set) var browsers: [String] = []
    private(set) var gains: [CodeFlow.Gain] = []
    private(set) var families = RefreshFamilies([])

    static let warmUpSeconds = 1.0

    init(
        loop: any EventLoop, server: Server, port: Int, provider: Provider,
        clients: [String: Credentials], parentCount: Int, connections: Int
    ) {
        self.loop = loop
        self.server = server
        self.port = port
        self.provider = provider
        self.clients = clients
        parents = Parents(count: parentCount)
        self.connections = connections
    }

    func client(_ name: String) throws -> Credentials {
        guard let client = clients[name] else {
            throw Server.Failure(description: "no registration of the client \(name)")
        }
        return client
    }

    // MARK: Before the clock runs

    /// Signs a parent in for each connection, and gets each of them tokens.
    mutating func prepare() throws {
        let (provider, parents) = (provider, parents)
        let client = try client("es256")
        let cookies = Harvest<(session: String, browser: String)>()
        // No more at once than the provider's queue of password hashes takes.
        let atOnce = min(8, connections)
        try once(lines: atOnce, each: (connections + atOnce - 1) / atOnce) { index in
            SignIn(provider, client, parents, seed: index) {
                cookies.add((session: $0, browser: $1))
            }
        }
        (sessions, browsers) = (cookies.all.map(\.session), cookies.all.map(\.browser))
        gains = try gain(client)
        let refreshTokens = try gain(try self.client("refresh")).compactMap(\.refreshToken)
        families = RefreshFamilies(refreshTokens)
        guard sessions.count >= connections, gains.count == connections,
            refreshTokens.count == connections
        else {
            throw Server.Failure(description: "the preparations gave too few sessions or tokens")
        }
    }

    private func gain(_ client: Credentials) throws -> [CodeFlow.Gain] {
        let gains = Harvest<CodeFlow.Gain>()
        let (provider, sessions) = (provider, sessions)
        try once(lines: connections, each: 1) { index in
            CodeFlow(provider, client, session: sessions[index], seed: index) { gains.add($0) }
        }
        return gains.all
    }

    private func once(
        lines: Int, each: Int, _ make: @escaping @Sendable (Int) -> any Conversation
    ) throws {
        let crew = Crew(on: loop, pace: .closed, operationsPerLine: each)
        try crew.connect(port: port, count: lines, make)
        try crew.start()
        try crew.waitForAll()
        try crew.stop()
    }

    // MARK: Measuring

    /// A workload on so many connections: first without counting, then for so long.
    func measure(
        _ seconds: Double, lines: Int? = nil, _ make: @escaping @Sendable (Int) -> any Conversation
    ) throws -> Measurement {
        let crew = Crew(on: loop, pace: .closed)
        try crew.connect(port: port, count: lines ?? connections, make)
        return try measure(seconds, [crew])[0]
    }

    /// Several crews at once; what the server and this program use is told in the first measurement.
    func measure(_ seconds: Double, _ crews: [Crew]) throws -> [Measurement] {
        for crew in crews { try crew.start() }
        sleep(Self.warmUpSeconds)
        let (server0, own0, start) = (server.processorSeconds, ownProcessorSeconds(), monotonic())
        for crew in crews { try crew.beginMeasuring() }
        sleep(seconds)
        let tallies = try crews.map { try $0.endMeasuring() }
        let elapsed = Double(monotonic() - start) / 1e9
        let (server1, own1) = (server.processorSeconds, ownProcessorSeconds())
        var measurements: [Measurement] = []
        for (crew, tally) in zip(crews, tallies) {
            try crew.stop()
            measurements.append(
                Measurement(
                    operations: tally.latencies.count, seconds: elapsed, latencies: tally.latencies,
                    refusals: tally.refusals, unsent: tally.unsent, errors: tally.errors,
                    notes: try loop.submit { crew.notes }.wait()))
        }
        measurements[0].serverSeconds = server1 - server0
        measurements[0].generatorSeconds = own1 - own0
        return measurements
    }

    private func sleep(_ seconds: Double) {
        usleep(UInt32(seconds * 1e6))
    }
}

/// What conversations bring in, from the event loop to the main thread.
final class Harvest<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}
