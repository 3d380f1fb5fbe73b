/// How the embedded database is opened.
public struct SQLiteOptions: Sendable {
    /// The file; its folder must exist.
    public var path: String
    /// Connections on which a read runs where it is asked; when all are in use, it waits for a
    /// thread that has one more.
    public var readers: Int
    /// Whether this process takes the lock beside the file: no second process may write or
    /// checkpoint it (D4).
    public var exclusive: Bool
    /// Writes that may wait before `StoreError.busy`.
    public var queueMax: Int
    /// The bound on one body, and on the wait for a locked database.
    public var patience: Duration
    /// Whether commits wait for the disk. Only a test that shows what is lost otherwise may say no.
    package var unsafeSynchronousForFaultTests = false

    public init(
        path: String, readers: Int = 2, exclusive: Bool = true, queueMax: Int = 1024,
        patience: Duration = .seconds(2)
    ) {
        self.path = path
        self.readers = readers
        self.exclusive = exclusive
        self.queueMax = queueMax
        self.patience = patience
    }
}
