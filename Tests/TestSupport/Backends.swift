import FoundationEssentials
import Glibc
import Store
import Synchronization

/// A database that the store's tests run on.
public enum Backend: String, CaseIterable, Sendable {
    case sqlite, postgreSQL

    /// SQLite always; PostgreSQL where `EDUCONNECT_TEST_POSTGRESQL` holds a connection string.
    /// Where `EDUCONNECT_TEST_REQUIRE_ALL` is 1 its absence fails the tests instead of leaving them
    /// out.
    public static let available: [Backend] =
        postgreSQLConnection != nil || environment("EDUCONNECT_TEST_REQUIRE_ALL") == "1"
        ? allCases : [.sqlite]

    /// The connection string of the test server.
    public static let postgreSQLConnection = environment("EDUCONNECT_TEST_POSTGRESQL")
    private static let made = Atomic<Int>(0)
    /// Longer than in production: a machine that builds something else at the same time may be slow.
    private static let patience = Duration.seconds(30)
    /// A server has 100 connections by default; a test may use up to ten.
    private static let places = Places(8)

    /// Opens an empty, migrated store of its own for the body, and removes it afterwards.
    public func withStore<T>(_ body: (IdentityStore) async throws -> T) async throws -> T {
        try await withPlace { place in
            let store = try place.open()
            let result = await capturing { try await body(store) }
            await store.close()
            return try result.get()
        }
    }

    /// Two handles on one database, as two processes would have them. Neither moves SQLite's log
    /// meanwhile.
    public func withTwoHandles<T>(
        _ body: (IdentityStore, IdentityStore) async throws -> T
    ) async throws -> T {
        try await withPlace { place in
            let first = try place.open()
            let second = try place.open()
            let result = await capturing { try await body(first, second) }
            await first.close()
            await second.close()
            return try result.get()
        }
    }

    /// An empty, migrated database for the body to open as often as it likes: as several nodes do, or
    /// one that is started anew. It closes what it opened.
    public func withDatabase<T>(
        _ body: (_ open: @escaping @Sendable () throws -> IdentityStore) async throws -> T
    ) async throws -> T {
        try await withPlace { place in try await body { try place.open() } }
    }

    private func withPlace<T>(_ body: (Place) async throws -> T) async throws -> T {
        let number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
        let name = "educonnect_test_\(getpid())_\(number)"
        let place: Place
        switch self {
        case .sqlite:
            let folder = try TemporaryFolder(name)
            let options = SQLiteOptions(
                path: folder.path + "/store.sqlite", exclusive: false, patience: Self.patience)
            place = .sqlite(options, folder)
        case .postgreSQL:
            guard let connection = Self.postgreSQLConnection else {
                throw BackendError.notConfigured
            }
            place = .postgreSQL(
                PostgreSQLOptions(connection: connection, schema: name, patience: Self.patience))
        }
        await Self.places.enter()
        let result = await capturing {
            let store = try place.open()
            try await store.migrate()
            await store.close()
            return try await body(place)
        }
        let removal = await capturing { try await place.remove() }
        await Self.places.leave()
        try removal.get()
        return try result.get()
    }
}

/// What is missing for a test.
public enum BackendError: Error {
    case notConfigured
    case noFolder(Int32)
}

private enum Place {
    case sqlite(SQLiteOptions, TemporaryFolder)
    case postgreSQL(PostgreSQLOptions)

    func open() throws -> IdentityStore {
        switch self {
        case .sqlite(let options, _): try IdentityStore(sqlite: options)
        case .postgreSQL(let options): try IdentityStore(postgreSQL: options)
        }
    }

    func remove() async throws {
        switch self {
        case .sqlite(_, let folder): folder.remove()
        case .postgreSQL(let options):
            let store = try IdentityStore(postgreSQL: options)
            let result = await capturing { try await store.dropSchema() }
            await store.close()
            try result.get()
        }
    }
}

/// An empty folder, removed with all that it holds.
public struct TemporaryFolder: Sendable {
    public let path: String

    public init(_ name: String) throws {
        var template = Array("\(environment("TMPDIR") ?? "/tmp")/\(name).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BackendError.noFolder(errno) }
        self.path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Lets only so many in at a time.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { self.free = count }

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

/// The outcome of a body, so that cleaning up can come before it is looked at.
private func capturing<T>(_ body: () async throws -> T) async -> Result<T, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
