import NIOCore
import Tokens

/// Password sign-ins at five times what the server can hash, while others want discovery and code
/// flows: those must not notice, and the surplus must be told so at once.
struct Overload {
    static let factor = 5.0
    static let seconds = 8.0
    /// Of each of the two; far below what the server can do alone.
    static let othersPerSecond = 200.0
    private static let signInLines = 400
    private static let otherLines = 32

    let offeredPerSecond: Double
    let signIns: Measurement
    let discovery: Measurement
    let flows: Measurement

    init(_ bench: Bench, capacity: Double) throws {
        offeredPerSecond = max(1, capacity * Self.factor)
        let (provider, parents, sessions) = (bench.provider, bench.parents, bench.sessions)
        let requests = provider.requests
        let client = try bench.client("es256")
        let signIns = Crew(on: bench.loop, pace: .open(perSecond: offeredPerSecond))
        let discovery = Crew(on: bench.loop, pace: .open(perSecond: Self.othersPerSecond))
        let flows = Crew(on: bench.loop, pace: .open(perSecond: Self.othersPerSecond))
        try signIns.connect(port: bench.port, count: Self.signInLines) {
            SignIn(provider, client, parents, seed: $0)
        }
        try discovery.connect(port: bench.port, count: Self.otherLines) { _ in
            PublishedDocument(requests, path: "/.well-known/openid-configuration")
        }
        try flows.connect(port: bench.port, count: Self.otherLines) {
            CodeFlow(provider, client, session: sessions[$0 % sessions.count], seed: $0)
        }
        let measured = try bench.measure(Self.seconds, [signIns, discovery, flows])
        (self.signIns, self.discovery, self.flows) = (measured[0], measured[1], measured[2])
    }

    var errors: Int { signIns.errors + discovery.errors + flows.errors }
    var notes: [String] { signIns.notes + discovery.notes + flows.notes }
}
