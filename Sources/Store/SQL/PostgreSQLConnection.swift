import CPostgreSQL
import Glibc

/// A transaction that lost against another one; its body runs again.
struct SerializationFailure: Error {
    let detail: String
}

/// A connection to a PostgreSQL server with its prepared statements. Belongs to one thread at a
/// time.
final class PostgreSQLConnection: SQLConnection {
    private let handle: OpaquePointer
    private var isPrepared: [Bool] = []
    private var deadline: UInt64 = .max
    /// Set when nothing more can be said over it: it must be replaced by another.
    private(set) var isBroken = false

    /// Connects and checks the settings. Throws `.unavailable`, or `.unsafeSettings` if an
    /// acknowledged commit could be lost.
    init(_ options: PostgreSQLOptions) throws {
        // What comes later wins, so an operator's own words for these in the string don't.
        let parameters = [
            ("dbname", options.connection), ("connect_timeout", "3"), ("client_encoding", "UTF8"),
            ("tcp_user_timeout", "10000"),
            ("application_name", options.schema.map { "educonnect \($0)" } ?? "educonnect"),
        ]
        guard let handle = Self.connect(parameters) else {
            throw StoreError.unavailable(detail: "libpq has no memory")
        }
        // From here on `deinit` closes it, also when this initializer throws.
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw StoreError.unavailable(detail: Self.message(handle))
        }
        try configure(options)
    }

    deinit {
        PQfinish(handle)
    }

    /// Until when statements may run, in monotonic nanoseconds.
    func limit(until end: UInt64) {
        deadline = end
    }

    private static func connect(_ parameters: [(String, String)]) -> OpaquePointer? {
        var names = parameters.map { UnsafePointer(strdup($0.0)) }
        var values = parameters.map { UnsafePointer(strdup($0.1)) }
        defer { for copy in names + values { free(UnsafeMutablePointer(mutating: copy)) } }
        names.append(nil)
        values.append(nil)
        return PQconnectdbParams(names, values, 1)  // 1: `dbname` is a connection string
    }

    private func configure(_ options: PostgreSQLOptions) throws {
        let milliseconds = options.patience.nanoseconds / 1_000_000
        try execute("SET client_min_messages = warning")
        try execute("SET statement_timeout = \(milliseconds)")
        try execute("SET lock_timeout = \(milliseconds)")
        try execute("SET idle_in_transaction_session_timeout = 10000")
        if let schema = options.schema { try execute("SET search_path = \"\(schema)\"") }
        try requireDurableSettings()
    }

    /// Source: security.md 5.2.
    func requireDurableSettings() throws {
        for (name, safe) in [
            ("fsync", ["on"]), ("full_page_writes", ["on"]),
            ("synchronous_commit", ["on", "remote_apply"]),
        ] {
            let setting =
                try first(SQLStatement("SELECT current_setting('\(name)')"), []) { try $0.text() }
                ?? ""
            guard safe.contains(setting) else {
                throw StoreError.unsafeSettings(detail: "\(name) is \(setting)")
            }
        }
    }

    // MARK: Statements

    func run(
        _ statement: SQLStatement, _ values: [SQLValue], _ each: (any SQLRow) throws -> Void
    ) throws {
        let result = try result(of: statement, values)
        while result.next() { try each(result) }
    }

    func change(_ statement: SQLStatement, _ values: [SQLValue]) throws -> Int {
        try result(of: statement, values).affectedRows
    }

    func execute(_ text: String) throws {
        try require(PQsendQuery(handle, text) == 1, text)
        _ = try receive(text)
    }

    private func result(of statement: SQLStatement, _ values: [SQLValue]) throws -> PostgreSQLResult
    {
        let name = "s\(statement.slot)"
        if statement.slot >= isPrepared.count || !isPrepared[statement.slot] {
            try require(PQsendPrepare(handle, name, statement.text, 0, nil) == 1, statement.text)
            _ = try receive(statement.text)
            while isPrepared.count <= statement.slot { isPrepared.append(false) }
            isPrepared[statement.slot] = true
        }
        try require(PostgreSQLParameters(values).send(name, over: handle) == 1, statement.text)
        return try receive(statement.text)
    }

    /// The last result of what was sent. Waits no longer than the deadline, after which the
    /// connection is broken: an answer that comes late would be taken for the next one's.
    private func receive(_ text: String) throws -> PostgreSQLResult {
        var last: PostgreSQLResult?
        while let result = try nextResult(text) { last = result }
        guard let last else {
            isBroken = true
            throw StoreError.unavailable(detail: "PostgreSQL gave no result at: \(text)")
        }
        if let error = error(last, text) { throw error }
        return last
    }

    private func nextResult(_ text: String) throws -> PostgreSQLResult? {
        while PQflush(handle) == 1 { try wait(for: Int16(POLLIN | POLLOUT), text) }
        while PQisBusy(handle) == 1 {
            try wait(for: Int16(POLLIN), text)
            try require(PQconsumeInput(handle) == 1, text)
        }
        return PQgetResult(handle).map { PostgreSQLResult($0, text: text) }
    }

    private func wait(for events: Int16, _ text: String) throws {
        var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
        let now = monotonicNanoseconds()
        let left =
            deadline == .max
            ? -1 : Int32(clamping: (deadline > now ? deadline - now : 0) / 1_000_000 + 1)
        // A moment more than the server itself allows: its own refusal leaves the connection
        // usable.
        let status = poll(&descriptor, 1, left < 0 ? -1 : left &+ 500)
        if status == 1 || status < 0 && errno == EINTR { return }
        isBroken = true
        throw StoreError.unavailable(detail: "PostgreSQL doesn't answer at: \(text)")
    }

    // MARK: Errors

    private static func message(_ handle: OpaquePointer) -> String {
        PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    }

    private func require(_ isDone: Bool, _ text: String) throws {
        if isDone { return }
        isBroken = true
        throw StoreError.unavailable(detail: "\(Self.message(handle)) at: \(text)")
    }

    private func error(_ result: PostgreSQLResult, _ text: String) -> (any Error)? {
        guard let failure = result.failure else { return nil }
        // 57P: the server stops; what it says last comes before the connection is seen to be
        // closed.
        if PQstatus(handle) == CONNECTION_BAD || failure.state.hasPrefix("57P") { isBroken = true }
        let detail = "PostgreSQL \(failure.state) (\(failure.message)) at: \(text)"
        switch failure.state {
        case "40001", "40P01": return SerializationFailure(detail: detail)
        case "23505": return StoreError.conflict(detail: detail)
        case "55P03", "57014": return StoreError.busy(detail: detail)
        case "42P01", "42703", "3F000": return StoreError.unsupportedSchema(detail: detail)
        default: break
        }
        switch failure.state.prefix(2) {
        case "22", "23", "42": return StoreError.invalid(detail: detail)
        case "XX": return StoreError.corrupt(detail: detail)
        default: return StoreError.unavailable(detail: detail)
        }
    }
}
