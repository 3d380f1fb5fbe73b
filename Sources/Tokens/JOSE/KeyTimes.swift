import FoundationEssentials

/// The life of a key: each time is at or after the one before it. Epoch seconds in its file.
public struct KeyTimes: Sendable, Equatable {
    public var createdAt: Date
    public var publishedAt: Date
    /// Signs from here on.
    public var activeAt: Date
    /// Signs no more.
    public var retiredAt: Date?
    /// Out of the JWK set: the last token it signed has expired.
    public var withdrawnAt: Date?
    /// Good for nothing any more: the longest session has ended.
    public var forgottenAt: Date?

    public init(
        createdAt: Date, publishedAt: Date, activeAt: Date, retiredAt: Date? = nil,
        withdrawnAt: Date? = nil, forgottenAt: Date? = nil
    ) {
        self.createdAt = createdAt
        self.publishedAt = publishedAt
        self.activeAt = activeAt
        self.retiredAt = retiredAt
        self.withdrawnAt = withdrawnAt
        self.forgottenAt = forgottenAt
    }

    /// Ends the signing, and sets when the last token and the last session will have ended.
    mutating func retire(at time: Date, _ tokenLife: Duration, _ sessionLife: Duration) {
        let withdrawnAt = time.addingTimeInterval(max(0, tokenLife.timeInterval))
        retiredAt = time
        self.withdrawnAt = withdrawnAt
        forgottenAt = max(withdrawnAt, time.addingTimeInterval(max(0, sessionLife.timeInterval)))
    }

    /// Later times need the earlier ones, and none goes back.
    var isOrdered: Bool {
        guard forgottenAt == nil || withdrawnAt != nil, withdrawnAt == nil || retiredAt != nil
        else { return false }
        let times =
            [createdAt, publishedAt, activeAt]
            + [retiredAt, withdrawnAt, forgottenAt]
            .compactMap { $0 }
        return zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    }
}
