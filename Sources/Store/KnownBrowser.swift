import FoundationEssentials

/// A browser in which an account has signed in before: strangers' wrong tries are counted apart from
/// its own, so that nobody locks another one out (SR-45).
public struct KnownBrowser: Sendable, Equatable {
    /// 32 bytes: a hash of account and browser that the caller makes.
    public var key: AttemptKey
    public var expiresAt: Date

    public init(key: AttemptKey, expiresAt: Date) {
        self.key = key
        self.expiresAt = expiresAt
    }
}
