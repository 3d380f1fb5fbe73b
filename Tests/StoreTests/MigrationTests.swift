import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("A migration")
struct MigrationTests {
    private static let first = Migration(
        number: 1, name: "first", statements: ["CREATE TABLE one (\n    id BIGINT PRIMARY KEY\n)"])
    private static let second = Migration(
        number: 2, name: "second",
        statements: [
            "CREATE TABLE two (\n    id BYTEA PRIMARY KEY,\n    size BIGINT\n) -- clustered",
            "INSERT INTO two (id, size) VALUES (NULL, 1)",
        ])
    private static let mended = Migration(
        number: 2, name: "second",
        statements: ["CREATE TABLE two (\n    id BYTEA PRIMARY KEY\n) -- clustered"])

    /// `run` gets what opens one and the same file with a list of migrations.
    private func withDatabase(
        _ run: (([Migration]) async throws -> IdentityStore) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("migrations")
        defer { folder.remove() }
        try await run { migrations in
            let database = try SQLiteDatabase(SQLiteOptions(path: folder.path + "/store.sqlite"))
            return IdentityStore(database, migrations: migrations)
        }
    }

    @Test("is applied once, in order")
    func once() async throws {
        try await withDatabase { open in
            let store = try await open([Self.first, Self.mended])
            #expect(try await store.pendingMigrations().map(\.number) == [1, 2])
            #expect(try await store.migrate().map(\.name) == ["first", "second"])
            #expect(try await store.migrate().isEmpty)
            #expect(try await store.pendingMigrations().isEmpty)
            await store.close()
        }
    }

    @Test("that fails leaves the ones before, and goes on from there (security.md 5.24)")
    func resumes() async throws {
        try await withDatabase { open in
            let store = try await open([Self.first, Self.second])
            await #expect(throws: StoreError.invalid(detail: "")) { try await store.migrate() }
            #expect(try await store.pendingMigrations().map(\.number) == [2])
            await store.close()
            let again = try await open([Self.first, Self.mended])
            #expect(
                try await again.migrate().map(\.number) == [2],
                "its table was undone with its record")
            await again.close()
        }
    }

    @Test(
        "that was changed after it was applied stops the start, and so does one that is not known")
    func changed() async throws {
        try await withDatabase { open in
            let store = try await open([Self.first, Self.mended])
            try await store.migrate()
            await store.close()
            for migrations in [[Self.first, Self.second], [Self.first]] {
                let other = try await open(migrations)
                await #expect(throws: StoreError.unsupportedSchema(detail: "")) {
                    _ = try await other.pendingMigrations()
                }
                await #expect(throws: StoreError.unsupportedSchema(detail: "")) {
                    try await other.migrate()
                }
                await other.close()
            }
        }
    }

    @Test("makes strict tables on SQLite: text can't become a number in a column of bytes (D24)")
    func strict() async throws {
        let folder = try TemporaryFolder("strict")
        defer { folder.remove() }
        let connection = try SQLiteConnection(
            path: folder.path + "/store.sqlite", readOnly: false, patience: .seconds(1))
        let runner = MigrationRunner(
            connection: connection, dialect: .sqlite, migrations: Migration.all)
        _ = try runner.run()
        let insert = SQLStatement("INSERT INTO replayed_ids (hash, expires_at) VALUES ($1, $2)")
        #expect(throws: StoreError.invalid(detail: "")) {
            try connection.change(insert, [.text("12345678901234567890123456789012"), .integer(1)])
        }
        #expect(throws: StoreError.invalid(detail: "")) {
            try connection.change(insert, [.bytes([1, 2]), .integer(1)])
        }
        let tables = try connection.all(
            SQLStatement("SELECT sql FROM sqlite_schema WHERE type = 'table'"), []
        ) { try $0.text() }
        #expect(tables.count > 20 && tables.allSatisfy { $0.contains("STRICT") })
        #expect(tables.allSatisfy { $0.contains("-- clustered") == $0.contains("WITHOUT ROWID") })
    }

    @Test("adds columns to tables that hold rows, as strict as the others (D24)")
    func addedColumns() async throws {
        let folder = try TemporaryFolder("columns")
        defer { folder.remove() }
        let connection = try SQLiteConnection(
            path: folder.path + "/store.sqlite", readOnly: false, patience: .seconds(1))
        func migrate(_ migrations: [Migration]) throws -> [Int] {
            try MigrationRunner(
                connection: connection, dialect: .sqlite, migrations: migrations
            ).run().map(\.number)
        }
        #expect(try migrate([.directory, .protocols]) == [1, 2])
        try connection.execute(
            """
            INSERT INTO accounts (id, identifier, state, origin, email, epoch, revision, created_at,
                updated_at)
            VALUES (x'000102030405060708090a0b0c0d0e0f', 'v.durant', 'active', 'school',
                'Valery@example.org', 1, 1, 0, 0)
            """)
        #expect(try migrate([.directory, .protocols, .journeys]) == [3])
        let account = try StoreReader(connection: connection).account(identifier: "v.durant")
        #expect(account?.state == .active && account?.mustChangeSince == nil)
        #expect(try migrate(Migration.all) == [4, 5, 6])
        let found = try StoreReader(connection: connection).accounts(email: "valery@EXAMPLE.org")
        #expect(found == [account])
        #expect(throws: StoreError.invalid(detail: "")) {
            try connection.change(
                SQLStatement("UPDATE accounts SET must_change_at = $1"), [.bytes([1])])
        }
    }

    @Test("is applied by the program's own list on every database", arguments: Backend.available)
    func all(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            #expect(try await store.pendingMigrations().isEmpty)
            #expect(try await store.migrate().isEmpty)
        }
        #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
    }
}
