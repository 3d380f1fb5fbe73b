import FoundationEssentials

/// A PostgreSQL server, reached by threads that own a connection each. Writes are serializable.
final class PostgreSQLDatabase: SQLDatabase {
    let dialect = SQLDialect.postgreSQL
    private let jobs: JobQueue
    private let threads = DatabaseThreads()
    private let schema: String?

    /// Connects once, to see that it can, and starts the threads, which connect when they are
    /// needed.
    init(_ options: PostgreSQLOptions) throws {
        if let schema = options.schema, !Self.isPlainName(schema) {
            throw StoreError.invalid(
                detail: "a schema's name has lower-case letters, digits and _ only")
        }
        let turns = try Turns()
        let jobs = JobQueue(limit: options.queueMax, patience: options.patience)
        var first: PostgreSQLConnection? = try PostgreSQLConnection(options)
        do {
            for number in 0..<max(1, options.connections) {
                let worker = PostgreSQLWorker(
                    options, connection: first, jobs: jobs, turns: turns, number: UInt64(number))
                first = nil
                try threads.start { worker.serve() }
            }
        } catch {
            jobs.close()
            throw error
        }
        self.schema = options.schema
        self.jobs = jobs
    }

    deinit {
        jobs.close()
    }

    private static func isPlainName(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, letters.contains(first), name.utf8.count <= 63 else {
            return false
        }
        return name.utf8.allSatisfy {
            letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await jobs.submit(.reading, body)
    }

    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await jobs.submit(.writing, body)
    }

    func alone<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await jobs.submit(.alone, body)
    }

    /// The server moves its log by itself.
    func checkpoint() async throws {}

    func createSchema() async throws {
        guard let schema else { return }
        try await alone { try $0.execute("CREATE SCHEMA IF NOT EXISTS \"\(schema)\"") }
    }

    func dropSchema() async throws {
        guard let schema else { throw StoreError.invalid(detail: "no schema of its own") }
        try await alone { try $0.execute("DROP SCHEMA IF EXISTS \"\(schema)\" CASCADE") }
    }

    func close() async {
        jobs.close()
        await threads.wait()
    }
}
