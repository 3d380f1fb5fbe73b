import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("The SQLite driver")
struct SQLiteDatabaseTests {
    private static let insert = SQLStatement("INSERT INTO things (id, parent) VALUES ($1, $2)")
    private static let count = SQLStatement("SELECT count(*) FROM things")
    private static let ids = SQLStatement("SELECT id FROM things ORDER BY id")
    /// Runs for longer than anybody would wait.
    private static let endless = SQLStatement(
        """
        INSERT INTO things (id) SELECT 1000000 + x FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION
        ALL SELECT x + 1
        FROM n WHERE x < 1000000000) SELECT x FROM n WHERE x % 1000000000 = 0) AS numbers WHERE x
        < $1
        """)

    private func withDatabase(
        patience: Duration = .seconds(2), queueMax: Int = 1024,
        _ body: (SQLiteDatabase, String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("sqlite")
        defer { folder.remove() }
        let path = folder.path + "/store.sqlite"
        let database = try SQLiteDatabase(
            SQLiteOptions(path: path, queueMax: queueMax, patience: patience))
        try await database.alone {
            try $0.execute(
                """
                CREATE TABLE things (id INTEGER PRIMARY KEY, parent INTEGER
                    REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)
                """)
        }
        do {
            try await body(database, path)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    private func ids(_ database: SQLiteDatabase) async throws -> [Int64] {
        try await database.read { try $0.all(Self.ids, []) { try $0.integer() } }
    }

    @Test("undoes only the body that fails, of many in one commit (D4)")
    func savepoints() async throws {
        try await withDatabase { database, _ async throws in
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            try await database.write { connection in
                                _ = try connection.change(Self.insert, [.count(number), .null])
                                if number % 3 == 0 {
                                    throw StoreError.notFound(detail: "on purpose")
                                }
                                _ = try connection.change(
                                    Self.insert, [.count(number + 1000), .null])
                            }
                            return false
                        } catch {
                            return true
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 67)
            let expected = (0..<200).filter { $0 % 3 != 0 }.flatMap {
                [Int64($0), Int64($0 + 1000)]
            }.sorted()
            #expect(try await ids(database) == expected)
        }
    }

    @Test("bounds the time of a body, and the others of its group are written all the same (SR-66)")
    func timeBound() async throws {
        try await withDatabase(patience: .milliseconds(300)) { database, _ async throws in
            let outcomes = await withTaskGroup(of: (Int, Result<Int, StoreError>).self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            return (
                                number,
                                .success(
                                    try await database.write { connection in
                                        _ = try connection.change(
                                            Self.insert, [.count(number), .null])
                                        if number == 7 {
                                            _ = try connection.change(
                                                Self.endless, [.integer(.max)])
                                        }
                                        return number
                                    })
                            )
                        } catch {
                            return (
                                number,
                                .failure(error as? StoreError ?? .invalid(detail: "\(error)"))
                            )
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes[7] == .failure(.busy(detail: "")))
            let written = try await ids(database).map(Int.init)
            // Some may have waited too long behind the slow one; whoever was told "written" is.
            #expect(Set(written) == Set(outcomes.filter { $0.value == .success($0.key) }.keys))
            _ = try await database.write { try $0.change(Self.insert, [.integer(100), .null]) }
        }
    }

    @Test("bounds the time of reading")
    func readingBound() async throws {
        try await withDatabase(patience: .milliseconds(200)) { database, _ async throws in
            await #expect(throws: StoreError.busy(detail: "")) {
                try await database.read { connection in
                    try connection.run(
                        SQLStatement(
                            """
                            WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
                            SELECT x FROM n
                            WHERE x < 0
                            """), []
                    ) { _ in }
                }
            }
            #expect(try await ids(database).isEmpty)
        }
    }

    @Test("says that it does not know when the commit itself fails, and goes on")
    func unknownOutcome() async throws {
        try await withDatabase { database, _ async throws in
            await #expect(throws: StoreError.unknownOutcome(detail: "")) {
                // The missing parent is looked for at the commit.
                try await database.write {
                    _ = try $0.change(Self.insert, [.integer(1), .integer(99)])
                }
            }
            #expect(try await ids(database).isEmpty)
            try await database.write { _ = try $0.change(Self.insert, [.integer(2), .null]) }
            #expect(try await ids(database) == [2])
        }
    }

    @Test("refuses when too many wait, and when the database is locked too long (security.md 5.9)")
    func busy() async throws {
        try await withDatabase(patience: .milliseconds(200), queueMax: 3) {
            database, path async throws in
            let blocker = try SQLiteConnection(path: path, readOnly: false, patience: .seconds(1))
            try blocker.execute("BEGIN IMMEDIATE")
            let failures = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            try await database.write {
                                _ = try $0.change(Self.insert, [.count(number), .null])
                            }
                            return false
                        } catch StoreError.busy {
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(failures == 20)
            #expect(try await ids(database).isEmpty, "reading goes on meanwhile")
            try blocker.execute("ROLLBACK")
            try await database.write { _ = try $0.change(Self.insert, [.integer(1), .null]) }
        }
    }

    @Test("bears a full disk: writes are refused, reads go on, and so do writes when there is room")
    func fullDisk() async throws {
        try await withDatabase { database, _ async throws in
            try await database.alone { connection in
                try connection.execute("CREATE TABLE fillers (bytes BLOB)")
                try connection.execute("PRAGMA max_page_count = 20")
            }
            let filler = SQLStatement("INSERT INTO fillers (bytes) VALUES ($1)")
            let large = [UInt8](repeating: 7, count: 200_000)
            for number in 0..<3 {
                await #expect(throws: StoreError.unavailable(detail: "")) {
                    try await database.write { connection in
                        _ = try connection.change(Self.insert, [.count(number), .null])
                        _ = try connection.change(filler, [.bytes(large)])
                    }
                }
            }
            #expect(try await ids(database).isEmpty)
            try await database.alone { try $0.execute("PRAGMA max_page_count = 10000") }
            try await database.write { connection in
                _ = try connection.change(Self.insert, [.integer(5), .null])
                _ = try connection.change(filler, [.bytes(large)])
            }
            #expect(try await ids(database) == [5])
        }
    }

    @Test("refuses settings under which an acknowledged commit could be lost (security.md 5.2)")
    func unsafeSettings() async throws {
        let folder = try TemporaryFolder("settings")
        defer { folder.remove() }
        let connection = try SQLiteConnection(
            path: folder.path + "/store.sqlite", readOnly: false, patience: .seconds(1))
        #expect(throws: StoreError.unsafeSettings(detail: "")) {
            try connection.requireDurableSettings()
        }
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        #expect(throws: StoreError.unsafeSettings(detail: "")) {
            try connection.requireDurableSettings()
        }
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.requireDurableSettings()
    }

    @Test("opens a file for one process, and for its user alone (D4)")
    func exclusive() async throws {
        try await withDatabase { _, path in
            #expect(throws: StoreError.busy(detail: "")) {
                try SQLiteDatabase(SQLiteOptions(path: path))
            }
            let mode =
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            let log =
                try FileManager.default.attributesOfItem(atPath: path + "-wal")[.posixPermissions]
                as? Int
            #expect(mode == 0o600 && log == 0o600)
        }
    }

    @Test("gives the file back when it is closed, without a log, and answers no more")
    func closing() async throws {
        try await withDatabase { database, path async throws in
            try await database.write { _ = try $0.change(Self.insert, [.integer(1), .null]) }
            await database.close()
            let size =
                try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            #expect(size == 0)
            await #expect(throws: StoreError.unavailable(detail: "")) {
                try await database.read { _ in }
            }
            let again = try SQLiteDatabase(SQLiteOptions(path: path))
            #expect(try await ids(again) == [1])
            await again.close()
        }
    }

    @Test("moves its log into the database as it goes")
    func log() async throws {
        try await withDatabase { database, path async throws in
            let filler = SQLStatement("INSERT INTO fillers (bytes) VALUES ($1)")
            let page = [UInt8](repeating: 7, count: 100_000)
            try await database.alone { try $0.execute("CREATE TABLE fillers (bytes BLOB)") }
            for _ in 0..<30 {
                try await database.write { connection in
                    for _ in 0..<10 {
                        _ = try connection.change(filler, [.bytes(page)])
                    }
                }
            }
            let log =
                try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
                ?? .max
            #expect(log < 20_000_000, "30 MB were written")
        }
    }
}
