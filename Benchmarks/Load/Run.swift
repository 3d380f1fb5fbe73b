import ArgumentParser
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import Tokens

/// `Load run`: starts the server, measures, prints the table.
struct Run: ParsableCommand {
    @Option(help: "The provider's program.")
    var program: String

    @Option(help: "Its configuration; the store holds the parents of `Load accounts`.")
    var config: String

    @Option(
        help:
            "A folder of registration responses: es256.json, rs256.json, refresh.json, service.json."
    )
    var clients: String

    @Option(help: "How many parents `Load accounts` has made.")
    var parents: Int

    @Option(help: "ES256 signatures a second, of `openssl speed`.")
    var es256: Double = 38_000

    @Option(help: "RSA-2048 signatures a second, of `openssl speed`.")
    var rs256: Double = 1_400

    @Option(help: "Seconds of one round of a workload.")
    var seconds: Double = 5

    @Option(help: "Rounds; medians are printed.")
    var rounds: Int = 3

    @Option(help: "Keep-alive connections.")
    var connections: Int = 64

    @Option(help: "Only these workloads, with commas between.")
    var only: String?

    @Flag(help: "Goes on until a million ES256 code flows are done, and measures the memory then.")
    var million = false

    @Option(help: "What stands above the table: machine, commit.")
    var label: String = ""

    func run() throws {
        let configuration = try JSON(parsing: Array(try Data(contentsOf: URL(filePath: config))))
        guard case .string(let issuer)? = configuration.member("issuer"),
            case .integer(let port)? = configuration.member("listen")?.member("port")
        else { throw ValidationError("the configuration names no issuer or port") }
        let folder = URL(filePath: config).deletingLastPathComponent().path(percentEncoded: false)
        let workloads = try chosen()
        let limits = try Limits.measure(
            folder: folder, openSSL: ["ecdsap256": es256, "rsa2048": rs256])
        var report = Report(
            label: label, limits: limits, connections: connections, seconds: seconds)

        report.starts = try measureStarts(port: Int(port), log: folder + "/server.log")
        let server = try start(port: Int(port), log: folder + "/server.log")
        do {
            try measure(server, issuer: issuer, port: Int(port), workloads, &report)
        } catch {
            server.abandon()
            throw error
        }
        try server.stop()
        report.print()
        if report.errors > 0 { throw ExitCode(1) }
    }

    private func chosen() throws -> [Workload] {
        guard let only else { return Workload.allCases }
        return try only.split(separator: ",").map { name in
            guard let workload = Workload(rawValue: String(name)) else {
                throw ValidationError("no workload \(name)")
            }
            return workload
        }
    }

    private func start(port: Int, log: String) throws -> Server {
        try Server(
            arguments: [program, "serve", "--config", config], log: log, port: port,
            path: "/.well-known/openid-configuration")
    }

    private static let startCount = 5

    private func measureStarts(port: Int, log: String) throws -> Report.Starts {
        var milliseconds: [Double] = []
        var kiB: [Double] = []
        for _ in 0..<Self.startCount {
            let server = try start(port: port, log: log)
            milliseconds.append(server.startMilliseconds)
            kiB.append(Double(server.anonymousKiBAtStart))
            try server.stop()
        }
        return Report.Starts(
            milliseconds: milliseconds.sorted()[Self.startCount / 2],
            anonymousMiB: kiB.sorted()[Self.startCount / 2] / 1024)
    }

    private func measure(
        _ server: Server, issuer: String, port: Int, _ workloads: [Workload], _ report: inout Report
    ) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let requests = Requests(host: "localhost:\(port)")
        let provider = Provider(
            requests: requests, issuer: issuer,
            keys: try Fetch.jwkSet(requests, port: port, on: group.next()))
        var bench = Bench(
            loop: group.next(), server: server, port: port, provider: provider,
            clients: try registrations(), parentCount: parents, connections: connections)
        try bench.prepare()
        FileHandle.standardError("the server is process \(server.process)\n")
        for round in 1...max(1, rounds) {
            for workload in workloads {
                let measurement = try workload.measure(bench, seconds: seconds)
                report.add(measurement, of: workload)
                FileHandle.standardError(
                    "round \(round), \(workload.title): \(Int(measurement.perSecond))/s\n")
            }
        }
        if only == nil, let capacity = report.rounds[.signIn]?.perSecond {
            report.overload = try Overload(bench, capacity: capacity)
        }
        if million {
            let left = 1_000_000 - report.flowCount
            let pace = max(1, report.rounds[.flowES256]?.perSecond ?? 1_000)
            report.add(
                try Workload.flowES256.measure(bench, seconds: Double(max(0, left)) / pace * 1.05),
                of: .flowES256, isRound: false)
        }
        report.anonymousMiBAtEnd = Double(server.anonymousKiB) / 1024
    }

    private func registrations() throws -> [String: Credentials] {
        var registrations: [String: Credentials] = [:]
        for name in ["es256", "rs256", "refresh", "service"] {
            let bytes = Array(try Data(contentsOf: URL(filePath: "\(clients)/\(name).json")))
            registrations[name] = Credentials(registration: try JSON(parsing: bytes))
        }
        return registrations
    }
}

/// The JWK set, by which ID tokens are verified.
enum Fetch {
    private final class KeySet: Conversation {
        let request: ByteBuffer
        let keys: Harvest<JWKSet>

        init(_ requests: Requests, _ keys: Harvest<JWKSet>) {
            request = requests.get("/jwks")
            self.keys = keys
        }

        func begin() -> ByteBuffer { request }

        func take(_ answer: Answer) -> Step {
            guard answer.status == 200, let set = try? JWKSet(parsing: answer.bodyBytes) else {
                return .unexpected("JWK set", answer)
            }
            keys.add(set)
            return .done
        }
    }

    static func jwkSet(_ requests: Requests, port: Int, on loop: any EventLoop) throws -> JWKSet {
        let keys = Harvest<JWKSet>()
        let crew = Crew(on: loop, pace: .closed, operationsPerLine: 1)
        try crew.connect(port: port, count: 1) { _ in KeySet(requests, keys) }
        try crew.start()
        try crew.waitForAll()
        try crew.stop()
        return keys.all.first ?? JWKSet([])
    }
}

enum FileHandle {
    /// Progress, apart from the table.
    static func standardError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }
}
