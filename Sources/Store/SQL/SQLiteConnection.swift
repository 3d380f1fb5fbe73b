import CSQLite

/// A connection to a SQLite file with its prepared statements. Belongs to one thread at a time.
final class SQLiteConnection: SQLConnection {
    private let database: OpaquePointer
    private var statements: [SQLiteStatement?] = []
    private let deadline = Deadline()
    private let log = Log()
    /// Set while a body runs that has not written yet: its savepoint is opened before its first
    /// write.
    private var savepointIsDue = false
    private var hasSavepoint = false

    /// Opens or creates the file. Waits up to `patience` for a lock. Never moves the log unless
    /// `checkpoint` is called, not even when it is closed.
    init(path: String, readOnly: Bool, patience: Duration) throws {
        guard Self.isConfigured else {
            throw StoreError.unavailable(detail: "SQLite was used before it was configured")
        }
        var opened: OpaquePointer?
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(
            path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened else { throw StoreError.unavailable(detail: "SQLite has no memory") }
        guard status == SQLITE_OK else {
            let error = Self.error(status, opened, "open")
            sqlite3_close_v2(opened)
            throw error
        }
        self.database = opened
        // Before anything else: two processes that open at once would otherwise fail at once.
        let milliseconds = Int32(clamping: patience.nanoseconds / 1_000_000)
        try check(sqlite3_busy_timeout(database, milliseconds), "busy_timeout")
        try check(csqlite_refuse_double_quoted_strings(database), "db_config")
        try check(csqlite_no_checkpoint_on_close(database), "db_config")
        // This replaces SQLite's own hook, which would move the log inside of some commit (and which
        // PRAGMA wal_autocheckpoint would put back).
        sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<Log>.fromOpaque(context).takeUnretainedValue().pages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(log).toOpaque())
        let context = Unmanaged.passUnretained(deadline).toOpaque()
        sqlite3_progress_handler(
            database, 2000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, context)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(database)
    }

    /// Once a process: every connection belongs to one thread, so SQLite needs no locks of its own.
    private static let isConfigured = csqlite_configure() == SQLITE_OK

    /// Until when statements may run, in monotonic nanoseconds.
    func limit(until end: UInt64) {
        deadline.end = end
    }

    /// Whether no transaction is open; after a failed write it tells that SQLite has undone the
    /// whole of it.
    var isOutsideTransaction: Bool { sqlite3_get_autocommit(database) != 0 }

    // MARK: Statements

    func run(
        _ statement: SQLStatement, _ values: [SQLValue], _ each: (any SQLRow) throws -> Void
    ) throws {
        let prepared = try prepared(statement)
        if savepointIsDue, !prepared.isReadOnly { try openSavepoint() }
        try begin(prepared, values)
        defer { prepared.reset() }
        while try step(prepared) { try each(prepared) }
    }

    func change(_ statement: SQLStatement, _ values: [SQLValue]) throws -> Int {
        let prepared = try prepared(statement)
        if savepointIsDue { try openSavepoint() }
        try begin(prepared, values)
        defer { prepared.reset() }
        while try step(prepared) {}
        return Int(sqlite3_changes64(database))
    }

    func execute(_ text: String) throws {
        try check(sqlite3_exec(database, text, nil, nil, nil), text)
    }

    private func begin(_ prepared: SQLiteStatement, _ values: [SQLValue]) throws {
        if deadline.isOver { throw StoreError.busy(detail: "the body took too long") }
        try check(prepared.bind(values), prepared.text)
    }

    /// Whether there is a row.
    private func step(_ prepared: SQLiteStatement) throws -> Bool {
        switch prepared.step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status: throw Self.error(status, database, prepared.text)
        }
    }

    private func prepared(_ statement: SQLStatement) throws -> SQLiteStatement {
        if statement.slot < statements.count, let prepared = statements[statement.slot] {
            return prepared
        }
        var handle: OpaquePointer?
        try check(
            sqlite3_prepare_v3(
                database, statement.text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil),
            statement.text)
        guard let handle else { throw StoreError.invalid(detail: "an empty statement") }
        let prepared = try SQLiteStatement(handle, text: statement.text)
        while statements.count <= statement.slot { statements.append(nil) }
        statements[statement.slot] = prepared
        return prepared
    }

    // MARK: One body among others

    /// From here on the first write opens a savepoint, to which `undoBody` returns.
    func beginBody() {
        savepointIsDue = true
    }

    func endBody() throws {
        savepointIsDue = false
        guard hasSavepoint else { return }
        try finish(Self.release)
        hasSavepoint = false
    }

    /// Takes back what the body wrote. Nothing to do if SQLite has undone the whole transaction.
    func undoBody() throws {
        savepointIsDue = false
        guard hasSavepoint else { return }
        hasSavepoint = false
        if isOutsideTransaction { return }
        try finish(Self.rollBack)
        try finish(Self.release)
    }

    private func openSavepoint() throws {
        savepointIsDue = false
        try finish(Self.savepoint)
        hasSavepoint = true
    }

    /// Runs a statement that no time bound may interrupt.
    private func finish(_ statement: SQLStatement) throws {
        let end = deadline.end
        deadline.end = .max
        defer { deadline.end = end }
        let prepared = try prepared(statement)
        defer { prepared.reset() }
        _ = try step(prepared)
    }

    func beginWriting() throws { try finish(Self.beginImmediate) }
    func beginReading() throws { try finish(Self.beginDeferred) }
    func commit() throws { try finish(Self.commit) }

    func rollBack() {
        // Failing to undo leaves the transaction as SQLite has it, which the next `begin` reports.
        if !isOutsideTransaction { try? finish(Self.rollBackAll) }
    }

    private static let beginImmediate = SQLStatement("BEGIN IMMEDIATE")
    private static let beginDeferred = SQLStatement("BEGIN")
    private static let commit = SQLStatement("COMMIT")
    private static let rollBackAll = SQLStatement("ROLLBACK")
    private static let savepoint = SQLStatement("SAVEPOINT body")
    private static let release = SQLStatement("RELEASE body")
    private static let rollBack = SQLStatement("ROLLBACK TO body")

    // MARK: The log

    /// Pages in the log after the last commit of this connection.
    var logPages: Int { log.pages }

    /// Moves the log into the database; the number of its pages, and how many of them are moved.
    func checkpoint(truncating: Bool) throws -> (pages: Int, moved: Int) {
        var pages: Int32 = 0
        var moved: Int32 = 0
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let end = deadline.end
        deadline.end = .max
        defer { deadline.end = end }
        try check(sqlite3_wal_checkpoint_v2(database, nil, mode, &pages, &moved), "checkpoint")
        return (Int(pages), Int(moved))
    }

    // MARK: Errors

    func check(_ status: Int32, _ action: String) throws {
        guard status == SQLITE_OK else { throw Self.error(status, database, action) }
    }

    private static func error(
        _ status: Int32, _ database: OpaquePointer, _ action: String
    ) -> StoreError {
        let message = sqlite3_errmsg(database).map { String(cString: $0) } ?? ""
        let detail = "SQLite \(status) (\(message)) at: \(action)"
        switch status & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT: return .busy(detail: detail)
        case SQLITE_CONSTRAINT:
            let isTaken =
                status == csqlite_constraint_primary_key || status == csqlite_constraint_unique
            return isTaken ? .conflict(detail: detail) : .invalid(detail: detail)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(detail: detail)
        case SQLITE_ERROR: return .unsupportedSchema(detail: detail)
        case SQLITE_MISUSE, SQLITE_RANGE, SQLITE_MISMATCH, SQLITE_TOOBIG:
            return .invalid(detail: detail)
        default: return .unavailable(detail: detail)
        }
    }
}

/// When the body that runs has had its time; read by SQLite's progress handler on the same thread.
private final class Deadline {
    var end: UInt64 = .max

    var isOver: Bool { end != .max && monotonicNanoseconds() > end }
}

/// The length of the log, told by SQLite after each commit on the same thread.
private final class Log {
    var pages = 0
}
