/// What the provider remembers: accounts and the directory, clients, sessions, grants and tokens.
///
/// Two databases speak the same SQL: SQLite in the process, PostgreSQL for several nodes. A body is
/// a synchronous closure on a thread that owns a connection; it has named operations, no SQL. It
/// must be pure, since it may run more than once before its transaction commits.
public final class IdentityStore: Sendable {
    let database: any SQLDatabase
    private let migrations: [Migration]

    init(_ database: any SQLDatabase, migrations: [Migration]) {
        self.database = database
        self.migrations = migrations
    }

    /// Opens or creates the file. Throws `.unsafeSettings` if SQLite doesn't take the settings
    /// under which an acknowledged write survives a power cut, `.busy` if another process has the
    /// database open.
    public convenience init(sqlite options: SQLiteOptions) throws {
        self.init(try SQLiteDatabase(options), migrations: Migration.all)
    }

    /// Connects. Throws `.unavailable` if the server can't be reached, `.unsafeSettings` unless it
    /// has `fsync`, `full_page_writes` and `synchronous_commit` on.
    public convenience init(postgreSQL options: PostgreSQLOptions) throws {
        self.init(try PostgreSQLDatabase(options), migrations: Migration.all)
    }

    /// Runs a body on a snapshot.
    public func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> T
    ) async throws -> T {
        try await database.read { try body(StoreReader(connection: $0)) }
    }

    /// Runs a body in a serializable transaction, and returns when its writes are durable. A body
    /// that throws has written nothing.
    ///
    /// Throws `.busy` if it waited or ran too long, `.unknownOutcome` if the commit itself failed.
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws -> T
    ) async throws -> T {
        try await database.write { try body(StoreWriter(connection: $0)) }
    }

    /// The migrations that the database lacks. Throws `.unsupportedSchema` if it has one that this
    /// program doesn't know, or knows otherwise.
    public func pendingMigrations() async throws -> [PendingMigration] {
        let (dialect, migrations) = (database.dialect, migrations)
        return try await database.alone { connection in
            try MigrationRunner(connection: connection, dialect: dialect, migrations: migrations)
                .pending()
                .map { PendingMigration(number: $0.number, name: $0.name) }
        }
    }

    /// Applies what is missing, each migration in a transaction of its own; returns what it
    /// applied.
    @discardableResult
    public func migrate() async throws -> [PendingMigration] {
        try await database.createSchema()
        let (dialect, migrations) = (database.dialect, migrations)
        return try await database.alone { connection in
            try MigrationRunner(connection: connection, dialect: dialect, migrations: migrations)
                .run()
                .map { PendingMigration(number: $0.number, name: $0.name) }
        }
    }

    /// SQLite: moves the whole log into the database file. PostgreSQL does so by itself.
    public func checkpoint() async throws {
        try await database.checkpoint()
    }

    /// Lets waiting requests finish, refuses new ones, then closes every connection.
    public func close() async {
        await database.close()
    }

    /// PostgreSQL: removes the schema of the options with all that it holds. Only for what tests
    /// have made.
    package func dropSchema() async throws {
        try await database.dropSchema()
    }
}
