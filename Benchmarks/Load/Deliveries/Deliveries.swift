import ArgumentParser
import FoundationEssentials
import Glibc
import Messages
import NIOPosix
import Store
import Tokens
import Web

/// `Load deliveries`: what the courier spends on a mail and an SMS. The outbox of a stopped server is
/// filled with messages that become due later; the server is started, and what arrives at the gateways
/// of this program is looked at.
struct Deliveries: AsyncParsableCommand {
    @Option(help: "The provider's program.")
    var program: String

    @Option(help: "Its configuration, with a SQLite store that is migrated, and without gateways.")
    var config: String

    @Option(help: "Mails, and as many SMS, that are due at once.")
    var burst = 3000

    @Option(help: "Mails, and as many SMS, that become due each second.")
    var rate = 50

    @Option(help: "Seconds for which they do.")
    var seconds = 20

    @Option(help: "What stands above the table: machine, commit.")
    var label = ""

    /// CPU of the provider for one message, sealed body to settled row.
    private static let microsecondsMax = 2_000.0
    /// A code has to leave within a second (security.md 5.16); rows are due on whole seconds.
    private static let lagMax = 1_000.0
    /// Between filling and the first due message: fill, start and be quiet.
    private static let lead = 8

    func run() async throws {
        let bench = try await DeliveryBench(program: program, config: config)
        let atOnce = try await bench.measure(
            [(seconds: 0, count: burst)], lead: Self.lead + burst / 1_000, patience: 120)
        let steady = try await bench.measure(
            (0..<seconds).map { (seconds: $0, count: rate) }, lead: Self.lead, patience: 10)
        let target = Double(2 * rate)
        let rows = [("\(burst) mails, SMS", atOnce), ("\(rate) + \(rate) a second", steady)]
        let each = [atOnce, steady].map(\.serverMicrosecondsEach).max() ?? 0
        let targets = [
            Report.Target(
                what: "server CPU of a message", value: each, most: Self.microsecondsMax, unit: "µs"
            ),
            Report.Target(
                what: "from due to handed over, \(2 * rate) a second: p99",
                value: Double(steady.latencies.percentile(0.99)) / 1e6, most: Self.lagMax,
                unit: "ms"),
        ]
        print(
            ([label, Report.header]
                + rows.map { title, measured in
                    Report.row(title, Rounds(measurements: [measured]), target: target)
                } + [""] + targets.map(Report.targetRow)
                + (atOnce.notes + steady.notes).prefix(10).map { "wrong: \($0)" })
                .joined(separator: "\n"))
        if atOnce.errors + steady.errors > 0 { throw ExitCode(1) }
    }
}

/// The stopped server, its keys and its store, and the gateways that its configuration names.
struct DeliveryBench {
    private let program: String
    private let folder: String
    private let file: String
    private let port: Int
    private let store: String
    private let keys: LiveKeys
    private let arrivals = Arrivals()
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init(program: String, config: String) async throws {
        self.program = program
        let json = try JSON(parsing: Array(try Data(contentsOf: URL(filePath: config))))
        guard case .integer(let port)? = json.member("listen")?.member("port"),
            let store = json.member("store")?.member("sqlite")?.string,
            let keys = json.member("keys")?.member("folder")?.string
        else { throw ValidationError("the configuration names no port, SQLite file or keys") }
        folder = URL(filePath: config).deletingLastPathComponent().path(percentEncoded: false)
        self.port = Int(port)
        self.store = folder + "/" + store
        // The keys are made at the first start.
        try Server(
            arguments: [program, "serve", "--config", config], log: folder + "/deliveries.log",
            port: self.port, path: "/.well-known/openid-configuration"
        ).stop()
        self.keys = try LiveKeys(folder: folder + "/" + keys)
        let gateways = try await Gateways(on: group, arrivals)
        var members = try json.members().members
        members["mail"] = [
            "smtp": .string("smtp://127.0.0.1:\(gateways.mailPort)"), "startTLS": false,
            "from": "noreply-educonnect@example.org",
        ]
        members["sms"] = ["json": .string("http://127.0.0.1:\(gateways.smsPort)/sms")]
        file = folder + "/deliveries.json"
        try Data(JSON.object(members).serialized()).write(to: URL(filePath: file))
    }

    /// - Parameters:
    ///   - plan: how many mails, and as many SMS, are due so many seconds after the start.
    ///   - lead: seconds from now to that start.
    ///   - patience: seconds for which the last of them is waited for.
    func measure(
        _ plan: [(seconds: Int, count: Int)], lead: Int, patience: Int
    ) async throws -> Measurement {
        let start = UInt64(time(nil) + lead)
        try await fill(plan, from: start)
        let server = try Server(
            arguments: [program, "serve", "--config", file], log: folder + "/deliveries.log",
            port: port, path: "/.well-known/openid-configuration")
        let startTime = start * 1_000_000_000
        guard wallClock() + 1_000_000_000 < startTime else {
            server.abandon()
            throw Server.Failure(description: "the outbox was not filled in time")
        }
        try await Task.sleep(nanoseconds: startTime - wallClock())
        let (server0, own0) = (server.processorSeconds, ownProcessorSeconds())
        let end = startTime + UInt64((plan.last?.seconds ?? 0) + patience) * 1_000_000_000
        while arrivals.remaining > 0, wallClock() < end {
            try await Task.sleep(for: .milliseconds(50))
        }
        // Until the last are settled too.
        try await Task.sleep(for: .milliseconds(300))
        var measurement = arrivals.measurement(since: startTime)
        measurement.serverSeconds = server.processorSeconds - server0
        measurement.generatorSeconds = ownProcessorSeconds() - own0
        try server.stop()
        let waiting = try await unsettled(plan.reduce(0) { $0 + 2 * $1.count })
        if waiting > 0 {
            measurement.errors += waiting
            measurement.notes.append("\(waiting) messages are not marked as delivered")
        }
        return measurement
    }

    private func fill(_ plan: [(seconds: Int, count: Int)], from start: UInt64) async throws {
        let store = try IdentityStore(sqlite: SQLiteOptions(path: store))
        let (outbox, now) = (Outbox(keys: keys, random: Self.random), Date())
        var expected: [String: Arrivals.Expected] = [:]
        for (seconds, count) in plan {
            let due = start + UInt64(seconds)
            var changes: [Change] = []
            for number in 0..<count {
                for (content, recipient) in [try Self.mail(number), try Self.sms(number)] {
                    let change = outbox.change(
                        content, key: "bench/\(UInt64.random(in: 0 ... .max))",
                        expiresAt: now + 3_600,
                        notBefore: Date(timeIntervalSince1970: TimeInterval(due)), at: now)
                    guard case .enqueue(let record)? = change else {
                        throw Server.Failure(description: "no store key")
                    }
                    expected[record.id.text] = Arrivals.Expected(
                        recipient: recipient, due: due * 1_000_000_000)
                    changes.append(.enqueue(record))
                }
            }
            let batch = changes
            try await store.write { try $0.apply(batch, at: now) }
        }
        await store.close()
        arrivals.expect(expected)
    }

    /// Of the newest so many rows those that are not delivered.
    private func unsettled(_ count: Int) async throws -> Int {
        let store = try IdentityStore(sqlite: SQLiteOptions(path: store))
        let waiting = try await store.read {
            try $0.outbox(limit: count).count { $0.deliveredAt == nil }
        }
        await store.close()
        return waiting
    }

    /// As long as the notices are.
    private static func mail(_ number: Int) throws -> (OutboxMessage, String) {
        let text = String(
            repeating:
                "Une connexion à votre compte EduConnect a eu lieu le 15/01/2026 à 11:00.\n\n",
            count: 8)
        guard let address = MailAddress("parent\(number)@example.org") else {
            throw Server.Failure(description: "no address")
        }
        let mail = Mail(
            to: address,
            subject: "Services en ligne de l'éducation nationale – nouvelle connexion",
            text: text, html: "<!DOCTYPE html><html lang=\"fr\"><body><p>\(text)</p></body></html>")
        return (.mail(mail), address.text)
    }

    private static func sms(_ number: Int) throws -> (OutboxMessage, String) {
        let digits = String(100 + number % 100).dropFirst()
        guard let phone = PhoneNumber("+336399800\(digits)") else {
            throw Server.Failure(description: "no number")
        }
        let text =
            "EduConnect : votre code d'activation est 123456. Il est valable 30 minutes."
        return (.sms(TextMessage(number: phone, text: text)), phone.text)
    }

    @Sendable private static func random(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { _ in UInt8.random(in: 0...255) }
    }
}
