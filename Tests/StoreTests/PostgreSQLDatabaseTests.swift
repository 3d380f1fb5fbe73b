import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("The PostgreSQL driver", .enabled(if: Backend.available.contains(.postgreSQL)))
struct PostgreSQLDatabaseTests {
    private static let terminateOthers = SQLStatement(
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()
        """)

    @Test("goes on by itself when the server drops its connections (security.md 5.11)")
    func reconnects() async throws {
        try await Backend.postgreSQL.withTwoHandles { first, second async throws in
            try await first.prepare()
            for round in 1...5 {
                let dropped = try await second.database.alone { connection in
                    try connection.first(Self.terminateOthers, []) { try $0.integer() }
                }
                #expect(dropped ?? 0 > 0)
                let account = try await first.read { try $0.account(id(1)) }
                #expect(account?.identifier == Sample.account.identifier)
                try await first.write { try $0.touchAccess(id(1), at: after(Double(round))) }
            }
        }
    }

    @Test("can't be opened where nobody answers")
    func unreachable() async throws {
        #expect(throws: StoreError.unavailable(detail: "")) {
            try IdentityStore(postgreSQL: PostgreSQLOptions(connection: "host=/nonexistent port=1"))
        }
    }

    @Test("refuses a server that acknowledges before it has written (security.md 5.2)")
    func unsafeSettings() async throws {
        let connection = try #require(Backend.postgreSQLConnection)
        for setting in ["off", "local", "remote_write"] {
            #expect(throws: StoreError.unsafeSettings(detail: "")) {
                try IdentityStore(
                    postgreSQL: PostgreSQLOptions(
                        connection: connection + " options='-c synchronous_commit=\(setting)'"))
            }
        }
    }

    @Test("bounds the time of a statement (SR-66)")
    func timeBound() async throws {
        let connection = try #require(Backend.postgreSQLConnection)
        let database = try PostgreSQLDatabase(
            PostgreSQLOptions(connection: connection, connections: 1, patience: .milliseconds(200)))
        await #expect(throws: StoreError.busy(detail: "")) {
            try await database.write { try $0.execute("SELECT pg_sleep(5)") }
        }
        let answer = try await database.read {
            try $0.first(SQLStatement("SELECT 42"), []) { try $0.integer() }
        }
        #expect(answer == 42)
        await database.close()
    }

    @Test("takes no schema that would need quoting")
    func schema() async throws {
        let connection = try #require(Backend.postgreSQLConnection)
        for name in [
            "", "x\"; DROP TABLE accounts; --", "Öffentlich", "1x",
            String(repeating: "x", count: 64),
        ] {
            #expect(throws: StoreError.invalid(detail: "")) {
                try IdentityStore(
                    postgreSQL: PostgreSQLOptions(connection: connection, schema: name))
            }
        }
    }
}
