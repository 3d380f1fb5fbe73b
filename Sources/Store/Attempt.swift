import FoundationEssentials

/// What attempts are counted by: 32 bytes, a hash of (purpose, account, network, …) that the caller
/// makes.
public struct AttemptKey: Hashable, Sendable {
    public let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

/// How often something may be tried.
public struct AttemptRule: Sendable {
    public var key: AttemptKey
    /// Counted from the first attempt; when it has passed, counting begins anew. Whole seconds.
    public var windowSeconds: Int64
    /// Attempts within the window before the rule refuses.
    public var maximum: Int64
    /// Without: what is over the maximum waits for the end of the window. With: after the maximum
    /// each further attempt must wait, at first this long, then twice as long each time.
    public var lockSeconds: Int64?
    public var longestLockSeconds: Int64?
    /// Whether an attempt that is allowed counts; otherwise the rule is only looked at.
    public var isCounted: Bool

    public init(
        key: AttemptKey, windowSeconds: Int64, maximum: Int64, lockSeconds: Int64? = nil,
        longestLockSeconds: Int64? = nil, isCounted: Bool = true
    ) {
        self.key = key
        self.windowSeconds = windowSeconds
        self.maximum = maximum
        self.lockSeconds = lockSeconds
        self.longestLockSeconds = longestLockSeconds
        self.isCounted = isCounted
    }
}

/// Whether the secret may be looked at. An allowed attempt has been counted already (security.md
/// 2.38).
public enum AttemptDecision: Sendable, Equatable {
    case allowed
    /// Nothing was counted; it may be tried again from then on.
    case refused(until: Date)
}
