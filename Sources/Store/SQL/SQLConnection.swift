/// A connection, confined to one thread, on which a synchronous body runs inside a transaction.
protocol SQLConnection: AnyObject {
    /// Runs a statement and shows each row of its result.
    func run(
        _ statement: SQLStatement, _ values: [SQLValue], _ each: (any SQLRow) throws -> Void) throws
    /// Runs a statement without result; the number of rows that it inserted, updated or deleted.
    func change(_ statement: SQLStatement, _ values: [SQLValue]) throws -> Int
    /// Runs a text that is not kept: definitions, settings, the bounds of a transaction.
    func execute(_ text: String) throws
}

extension SQLConnection {
    /// The first row, or nil.
    func first<T>(
        _ statement: SQLStatement, _ values: [SQLValue], _ decode: (inout SQLColumns) throws -> T
    ) throws -> T? {
        var found: T?
        try run(statement, values) { row in
            guard found == nil else { return }
            var columns = SQLColumns(row)
            found = try decode(&columns)
        }
        return found
    }

    /// All rows, in the order of the result.
    func all<T>(
        _ statement: SQLStatement, _ values: [SQLValue], _ decode: (inout SQLColumns) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        try run(statement, values) { row in
            var columns = SQLColumns(row)
            found.append(try decode(&columns))
        }
        return found
    }

    /// Whether a conditional write met its condition.
    func changesOne(_ statement: SQLStatement, _ values: [SQLValue]) throws -> Bool {
        try change(statement, values) == 1
    }
}

/// A database with its threads. All bodies are pure: they may run more than once before one of them
/// commits.
protocol SQLDatabase: Sendable {
    var dialect: SQLDialect { get }
    /// A snapshot.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T
    /// Serializable, durable when it returns.
    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T
    /// Outside of any transaction, with nothing beside it on the writing connection.
    func alone<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T
    /// Moves what is in the log to where it belongs, if the database has such a thing.
    func checkpoint() async throws
    /// Makes the schema of the options, if it is missing.
    func createSchema() async throws
    /// Removes the schema of the options with all that it holds.
    func dropSchema() async throws
    /// Lets waiting requests finish, then closes every connection.
    func close() async
}

/// What differs in the definitions of tables.
enum SQLDialect: Sendable {
    case sqlite, postgreSQL
}
