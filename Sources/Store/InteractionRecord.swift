import FoundationEssentials

/// A person on the way through a flow, as a row: everything but the revision and the times is
/// sealed by Flow.
public struct InteractionRecord: Sendable, Equatable {
    public typealias ID = RowID<InteractionRecord>

    public let id: ID
    /// Of two parallel posts the one that names the present revision wins.
    public var revision: Int64
    /// SHA-256 of the browser cookie, 32 bytes.
    public var browserHash: [UInt8]
    /// Opaque; empty when done.
    public var state: [UInt8]
    public var createdAt: Date
    public var expiresAt: Date
    /// A done interaction stays until it expires, so that its sealed text can't begin it again.
    public var doneAt: Date?

    public init(
        id: ID, revision: Int64 = 1, browserHash: [UInt8], state: [UInt8], createdAt: Date,
        expiresAt: Date,
        doneAt: Date? = nil
    ) {
        self.id = id
        self.revision = revision
        self.browserHash = browserHash
        self.state = state
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.doneAt = doneAt
    }
}
