/// What one step of sweeping did.
public struct SweepReport: Sendable, Equatable {
    /// Rows deleted.
    public var deleted = 0
    /// Sessions that had run out and were ended as such.
    public var sessionsEnded = 0
    /// Whether another step at once would probably find as much.
    public var hasMore = false

    public init(deleted: Int = 0, sessionsEnded: Int = 0, hasMore: Bool = false) {
        self.deleted = deleted
        self.sessionsEnded = sessionsEnded
        self.hasMore = hasMore
    }
}
