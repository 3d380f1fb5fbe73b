/// How a PostgreSQL server is reached.
public struct PostgreSQLOptions: Sendable {
    /// A libpq connection string.
    public var connection: String
    /// The schema that holds the tables; none means the server's default. Made by `migrate` if it
    /// is missing.
    public var schema: String?
    /// Threads, each with a connection of its own.
    public var connections: Int
    /// Requests that may wait before `StoreError.busy`.
    public var queueMax: Int
    /// The bound on one statement and on one body.
    public var patience: Duration

    public init(
        connection: String, schema: String? = nil, connections: Int = 4, queueMax: Int = 1024,
        patience: Duration = .seconds(2)
    ) {
        self.connection = connection
        self.schema = schema
        self.connections = connections
        self.queueMax = queueMax
        self.patience = patience
    }
}
