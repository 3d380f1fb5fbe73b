import FoundationEssentials
import Glibc

/// A SQLite file in WAL mode: one thread that writes in groups, and threads that read (design D4).
final class SQLiteDatabase: SQLDatabase {
    let dialect = SQLDialect.sqlite
    private let writes: JobQueue
    private let reads: JobQueue
    private let threads = DatabaseThreads()
    private let lock: FileLock?

    /// Opens or creates the file and starts the threads. Throws `.unsafeSettings` if an
    /// acknowledged commit could be lost, `.busy` if another process has the lock.
    init(_ options: SQLiteOptions) throws {
        self.lock = options.exclusive ? try FileLock(path: options.path + ".lock") : nil
        try Self.createPrivate(options.path)
        if options.exclusive, options.reservedLogBytes > 0 {
            try LogReserve.make(forDatabase: options.path, byteCount: options.reservedLogBytes)
        }
        self.writes = JobQueue(limit: options.queueMax, patience: options.patience)
        self.reads = JobQueue(limit: options.queueMax, patience: options.patience)
        let writer = SQLiteWriter(
            connection: try Self.openWriter(options), jobs: writes, patience: options.patience,
            checkpoints: options.exclusive)
        var readers: [SQLiteReader] = []
        for _ in 0..<max(1, options.readers) {
            readers.append(
                SQLiteReader(
                    connection: try Self.openReader(options), jobs: reads,
                    patience: options.patience))
        }
        do {
            try threads.start { writer.serve() }
            for reader in readers { try threads.start { reader.serve() } }
        } catch {
            writes.close()
            reads.close()
            throw error
        }
    }

    deinit {
        // The threads end by themselves: each owns its connection and its queue, none owns the
        // database.
        writes.close()
        reads.close()
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await reads.submit(.reading, body)
    }

    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await writes.submit(.writing, body)
    }

    func alone<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await writes.submit(.alone, body)
    }

    func checkpoint() async throws {
        try await writes.submit(.alone) { connection in
            if let connection = connection as? SQLiteConnection {
                _ = try connection.checkpoint(truncating: true)
            }
        }
    }

    /// The file is all the schema there is.
    func createSchema() async throws {}

    func dropSchema() async throws {
        throw StoreError.invalid(detail: "a SQLite database is a file: remove that")
    }

    func close() async {
        writes.close()
        reads.close()
        await threads.wait()
        lock?.release()
    }

    // MARK: Opening

    /// The file and all that SQLite puts beside it are for this user alone: SQLite copies the
    /// file's mode.
    private static func createPrivate(_ path: String) throws {
        // An existing file is not opened: closing it again would drop the locks that SQLite holds on
        // it in this process.
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 || errno == EEXIST else {
            throw StoreError.unavailable(detail: "can't create \(path): error \(errno)")
        }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    private static func openWriter(_ options: SQLiteOptions) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: options.path, readOnly: false, patience: options.patience)
        let synchronous = options.unsafeSynchronousForFaultTests ? "OFF" : "FULL"
        try connection.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = \(synchronous);
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -32768;
            """)
        if !options.unsafeSynchronousForFaultTests { try connection.requireDurableSettings() }
        return connection
    }

    private static func openReader(_ options: SQLiteOptions) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: options.path, readOnly: true, patience: options.patience)
        try connection.execute(
            """
            PRAGMA query_only = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -8192;
            """)
        return connection
    }
}

extension SQLiteConnection {
    /// Reads the settings back, since SQLite refuses some of them without a word (security.md 5.2).
    func requireDurableSettings() throws {
        let journal = try first(SQLStatement("PRAGMA journal_mode"), []) { try $0.text() }
        let synchronous = try first(SQLStatement("PRAGMA synchronous"), []) { try $0.integer() }
        guard journal == "wal", synchronous == 2 else {
            throw StoreError.unsafeSettings(
                detail:
                    "journal_mode is \(journal ?? "unknown"), synchronous is \(synchronous ?? -1)")
        }
    }
}

/// The lock that a process holds while it may write the file: SQLite before 3.51.3 can corrupt a
/// log that two processes reset at once.
final class FileLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.unavailable(detail: "can't open \(path): error \(errno)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            throw StoreError.busy(detail: "another process has the database open (\(path))")
        }
        self.descriptor = descriptor
    }

    /// The lock only: the descriptor is closed with its owner, so that its number can't name
    /// another file meanwhile.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { Glibc.close(descriptor) }
}
