/// How the embedded database is opened.
public struct SQLiteOptions: Sendable {
    /// The file; its folder must exist.
    public var path: String
    /// Threads that read, each with a connection of its own.
    public var readers: Int
    /// Whether this process takes the lock beside the file: no second process may write or
    /// checkpoint it (D4).
    public var exclusive: Bool
    /// Writes that may wait before `StoreError.busy`.
    public var queueMax: Int
    /// The bound on one body, and on the wait for a locked database.
    public var patience: Duration
    /// How much of the log is written in advance, so that commits needn't lengthen it; for a server
    /// that holds the lock.
    public var reservedLogBytes = 0
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

    /// As long as the log of a busy server grows before it is moved into the database, and as much
    /// again for what is written while a reader holds an old snapshot: 33 MB.
    public static let busyLogBytes = 2 * SQLiteWriter.logBytes
}
