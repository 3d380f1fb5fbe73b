/// A numbered change of the schema: the texts of its statements never change once it is released.
struct Migration: Sendable {
    let number: Int
    let name: String
    let statements: [String]

    /// FNV-1a, 64 bits, over all statements: tells an applied migration that was changed, by
    /// mistake not by malice.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for statement in statements {
            for byte in statement.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0x3b) &* 0x100_0000_01b3  // between statements
        }
        return String(hash, radix: 16)
    }

    /// All of them, in order, without gaps from 1 on.
    static let all = [directory, protocols, journeys, outbox, accountPage, portal]
}

/// A migration that the database lacks.
public struct PendingMigration: Sendable, Equatable {
    public let number: Int
    public let name: String
}

/// Brings a schema to where this program wants it. Each migration is one transaction together with
/// its record, so that a killed run goes on where it stopped.
struct MigrationRunner {
    let connection: any SQLConnection
    let dialect: SQLDialect
    let migrations: [Migration]

    /// The migrations that are missing, in order. Throws `.unsupportedSchema` if an applied one is
    /// not known or reads otherwise here.
    func pending() throws -> [Migration] {
        let applied = try applied()
        for record in applied {
            guard let known = migrations.first(where: { $0.number == record.number }) else {
                throw StoreError.unsupportedSchema(
                    detail:
                        "the database has migration \(record.number), not known here"
                )
            }
            guard known.checksum == record.checksum else {
                throw StoreError.unsupportedSchema(
                    detail: "migration \(record.number) was changed after it was applied")
            }
        }
        let numbers = Set(applied.map(\.number))
        return migrations.filter { !numbers.contains($0.number) }
    }

    /// Applies what is missing; returns it.
    func run() throws -> [Migration] {
        try connection.execute(adapted(Self.createRecords))
        let pending = try pending()
        for migration in pending { try apply(migration) }
        return pending
    }

    private func apply(_ migration: Migration) throws {
        try connection.execute(dialect == .sqlite ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            // A change of a large table may take longer than any request may.
            if dialect == .postgreSQL { try connection.execute("SET LOCAL statement_timeout = 0") }
            // First, so that of two programs that migrate at once one waits here and then fails as
            // a whole.
            _ = try connection.change(
                Self.record,
                [.count(migration.number), .text(migration.name), .text(migration.checksum)])
            for statement in migration.statements { try connection.execute(adapted(statement)) }
            try connection.execute("COMMIT")
        } catch {
            // The first error says more than a failing ROLLBACK would.
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    private func applied() throws -> [(number: Int, checksum: String)] {
        let tables = dialect == .sqlite ? Self.findOnSQLite : Self.findOnPostgreSQL
        guard try connection.first(tables, [], { try $0.integer() }) ?? 0 > 0 else { return [] }
        return try connection.all(Self.records, []) { (Int(try $0.integer()), try $0.text()) }
    }

    /// The text for this database. On SQLite the types are strict, so that text can't turn into a
    /// number in a column of bytes, and `-- clustered` tables are kept in the order of their key.
    func adapted(_ statement: String) -> String {
        let definesTable = statement.hasPrefix("CREATE TABLE")
        guard dialect == .sqlite, definesTable || statement.hasPrefix("ALTER TABLE") else {
            return statement
        }
        let lines = statement.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).map(Self.sqliteType)
                .joined(separator: " ")
        }
        let text = lines.joined(separator: "\n")
        guard definesTable else { return text }
        return text + (text.contains("-- clustered") ? "\nSTRICT, WITHOUT ROWID" : "\nSTRICT")
    }

    private static func sqliteType(_ word: Substring) -> Substring {
        switch word {
        case "BYTEA": "BLOB"
        case "BYTEA,": "BLOB,"
        case "BIGINT": "INTEGER"
        case "BIGINT,": "INTEGER,"
        default: word
        }
    }

    private static let createRecords = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            checksum TEXT NOT NULL
        )
        """
    private static let findOnSQLite = SQLStatement(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'")
    private static let findOnPostgreSQL = SQLStatement(
        """
        SELECT count(*)
        FROM pg_tables
        WHERE schemaname = current_schema() AND tablename = 'schema_migrations'
        """)
    private static let records = SQLStatement(
        "SELECT number, checksum FROM schema_migrations ORDER BY number")
    private static let record = SQLStatement(
        "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)")
}
