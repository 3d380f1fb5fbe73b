final class PostgreSQLDatabase: SQLDatabase {
    let dialect = SQLDialect.postgreSQL
    init(_ options: PostgreSQLOptions) throws { throw StoreError.unavailable(detail: "") }
    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T { throw StoreError.unavailable(detail: "") }
    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T { throw StoreError.unavailable(detail: "") }
    func alone<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T { throw StoreError.unavailable(detail: "") }
    func checkpoint() async throws {}
    func close() async {}
    func dropSchema() async throws {}
}
