import FoundationEssentials
import Glibc
import Store
import Synchronization

/// What the store costs: CPU microseconds of this process for each flow, at 64 flows at once, on
/// SQLite with `synchronous = FULL` or, with a connection string as argument, on PostgreSQL.
///
/// Rates depend on the disk and on the neighbours; the number of synchronizations a second is
/// measured in the same run, so that the ratio can be compared.
///
/// `swift run -c release StoreBenchmark [accounts [flows [connection]]]`, by default 50,000 and
/// 60,000.
@main
struct StoreBenchmark {
    static let tasks = 64

    static func main() async throws {
        let folder = "\(FileManager.default.currentDirectoryPath)/.build/store-benchmark"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let synchronizations = try synchronizationsPerSecond(folder + "/probe")
        print("synchronizations of 4 KiB: \(synchronizations) a second")

        let arguments = CommandLine.arguments
        let accounts = arguments.count > 1 ? Int(arguments[1]) ?? 0 : 50_000
        let flows = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 60_000
        let connection = arguments.count > 3 ? arguments[3] : nil
        guard accounts > 0, flows > 0 else { throw BenchmarkError.usage }
        let store =
            if let connection {
                try IdentityStore(
                    postgreSQL: PostgreSQLOptions(connection: connection, schema: "benchmark"))
            } else {
                try IdentityStore(sqlite: SQLiteOptions(path: folder + "/store.sqlite"))
            }
        try await store.migrate()
        let bench = StoreBenchmark(store: store, start: Date(), accounts: accounts, flows: flows)
        try await bench.prepare()
        try await bench.measureHops()
        try await bench.measureFlows()
        try await bench.measureRefreshes()
        try await bench.measureSweep()
        if connection != nil { try await store.dropSchema() }
        await store.close()
    }

    let store: IdentityStore
    let start: Date
    let accounts: Int
    let flows: Int

    // MARK: What is measured

    /// What a request costs that finds its session, and what a body costs that does nothing.
    private func measureHops() async throws {
        try await measure("empty read hop", flows) { _ in try await store.read { _ in } }
        try await measure("empty write hop", flows) { _ in try await store.write { _ in } }
        try await measure("read hop: session, account, client, sid, sub", flows) { number in
            try await readHop(number % accounts)
        }
    }

    private func measureFlows() async throws {
        try await measure("complete + redeem", flows) { number in
            try await complete(number, offline: false)
            try await redeem(number, refresh: false)
        }
        try await measure("read hop + complete + redeem", flows) { number in
            try await readHop(number % accounts)
            try await complete(number + flows, offline: false)
            try await redeem(number + flows, refresh: false)
        }
        try await measure("access token look-up", flows) { number in
            let token = reference(.accessToken, number)
            let now = start
            let live = try await store.read { try $0.accessToken(token, at: now) }
            guard live != nil else { throw BenchmarkError.unexpected }
        }
    }

    private func measureRefreshes() async throws {
        let families = 10_000
        let first = flows * 4
        try await measure("complete + redeem with a refresh token", families) { number in
            try await complete(first + number, offline: true)
            try await redeem(first + number, refresh: true)
        }
        try await measure("refresh", flows) { number in
            try await rotate(
                first + number % families, generation: Int64(number / families),
                token: first * 2 + number)
        }
    }

    private func measureSweep() async throws {
        let later = start.addingTimeInterval(7200)
        let before = usage()
        var deleted = 0
        while true {
            let report = try await store.write {
                try $0.sweep(limit: 500, auditRetention: 86_400, at: later)
            }
            deleted += report.deleted
            if !report.hasMore { break }
        }
        let cost = usage() - before
        print("sweep: \(deleted) rows, \(format(cost / Double(max(deleted, 1)))) µs of CPU a row")
    }

    // MARK: The steps

    private func prepare() async throws {
        let now = start
        try await store.write { writer in
            try writer.insert(
                Client(
                    id: "lsu", metadata: "{}", policy: "{}", secrets: [], sector: "lsu.example.org",
                    createdAt: now,
                    updatedAt: now))
        }
        for first in stride(from: 0, to: accounts, by: 500) {
            try await store.write { writer in
                for number in first..<min(first + 500, accounts) {
                    try insertAccount(number, writer)
                }
            }
        }
    }

    private func insertAccount(_ number: Int, _ writer: StoreWriter) throws {
        try writer.insert(
            Account(
                id: id(.account, number), identifier: "v.durant\(number)", state: .active,
                origin: .guardian,
                passwordHash: "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                    + "RdescudvJCsgt3ub+b4dWRWJTmaaJObG3vZ6yJ5QZ7c",
                passwordChangedAt: start, email: "v.durant\(number)@example.org", createdAt: start,
                updatedAt: start))
        try writer.open(
            Session(
                id: id(.session, number), secretHash: reference(.session, number).hash,
                account: id(.account, number), accountEpoch: 1,
                facts: bytes(.session, number, count: 120),
                acr: "urn:educonnect:acr:password", amr: "pwd", authTime: start,
                browserHash: bytes(.session, number, count: 32), openedAt: start, lastUsedAt: start,
                idleSeconds: 3600, expiresAt: start.addingTimeInterval(36000)))
        _ = try writer.ensure(
            SubjectIdentifier(
                owner: .account(id(.account, number)), sector: "lsu.example.org",
                value: "sub-\(number)"))
    }

    private func readHop(_ number: Int) async throws {
        let now = start
        let secret = reference(.session, number)
        let found = try await store.read { reader -> LiveSession? in
            guard let live = try reader.session(secret, at: now) else { return nil }
            _ = try reader.clientRevision("lsu")
            _ = try reader.sid(of: live.session.id, client: "lsu")
            _ = try reader.subject(of: .account(live.account.id), sector: "lsu.example.org")
            return live
        }
        guard found != nil else { throw BenchmarkError.unexpected }
    }

    private func complete(_ number: Int, offline: Bool) async throws {
        let account = number % accounts
        let now = start
        let grant = Grant(
            id: id(.grant, number), account: id(.account, account), accountEpoch: 1, client: "lsu",
            subject: "", session: offline ? nil : id(.session, account),
            scopes: "openid profile scolarite",
            acr: "urn:educonnect:acr:password", amr: "pwd", authTime: now,
            nonce: "n-0S6_WzA2Mjn-0S6_WzA2Mj",
            createdAt: now, expiresAt: now.addingTimeInterval(offline ? 180 * 86400 : 660))
        let completion = Completion(
            session: .existing(id(.session, account), touching: false), interaction: .none,
            grant: grant,
            code: AuthorizationCode(
                reference: reference(.code, number), grant: grant.id,
                redirectURI: "https://lsu.example.org/callback",
                codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                expiresAt: now.addingTimeInterval(60)),
            subject: .known("sub-\(account)"), sid: "sid-\(number)", touchesAccess: false)
        guard case .completed = try await store.write({ try $0.complete(completion, at: now) })
        else {
            throw BenchmarkError.unexpected
        }
    }

    private func redeem(_ number: Int, refresh: Bool) async throws {
        let now = start
        let token = NewAccessToken(
            reference: reference(.accessToken, number), scopes: "openid profile scolarite",
            expiresAt: now.addingTimeInterval(600))
        let family =
            refresh
            ? NewRefreshFamily(
                reference: reference(.refresh, number),
                idleExpiresAt: now.addingTimeInterval(30 * 86400),
                expiresAt: now.addingTimeInterval(180 * 86400)) : nil
        let request = CodeRedemptionRequest(
            code: reference(.code, number), client: "lsu",
            redirectURI: "https://lsu.example.org/callback",
            codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        ) { _ in Issue(accessToken: token, refreshFamily: family) }
        guard case .fresh = try await store.write({ try $0.redeem(request, at: now) }) else {
            throw BenchmarkError.unexpected
        }
    }

    private func rotate(_ number: Int, generation: Int64, token: Int) async throws {
        let now = start
        let selector = reference(.refresh, number).selector
        let presented =
            generation == 0 ? reference(.refresh, number).hash : successor(number, generation)
        guard let secret = SecretReference(selector: selector, hash: presented) else {
            throw BenchmarkError.unexpected
        }
        let access = NewAccessToken(
            reference: reference(.accessToken, token), scopes: "openid",
            expiresAt: now.addingTimeInterval(600))
        let request = RefreshRequest(
            token: secret, client: "lsu", binding: .client, successor: { successor(number, $0) },
            idleExpiresAt: now.addingTimeInterval(30 * 86400)
        ) { _ in access }
        guard case .rotated = try await store.write({ try $0.rotate(request, at: now) }) else {
            throw BenchmarkError.unexpected
        }
    }

    // MARK: Measuring

    /// `count` runs by 64 tasks; prints CPU for each and the rate.
    private func measure(
        _ name: String, _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let next = Counter()
        let cpu = usage()
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.tasks {
                group.addTask {
                    while let number = next.take(below: count) { try await body(number) }
                }
            }
            try await group.waitForAll()
        }
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        let wall = Double(seconds) + Double(attoseconds) / 1e18
        let cost = (usage() - cpu) / Double(count)
        print("\(name): \(format(cost)) µs of CPU each, \(Int(Double(count) / wall)) a second")
    }
}

enum BenchmarkError: Error {
    case usage
    case unexpected
}

final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    func take(below limit: Int) -> Int? {
        let number = value.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < limit ? number : nil
    }
}
