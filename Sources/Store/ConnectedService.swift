import FoundationEssentials

/// A client that an account is connected to: it holds a live grant, or a consent that the next
/// authorization would use.
public struct ConnectedService: Sendable, Equatable {
    /// The `client_id`.
    public var client: String
    /// When the latest of the live grants was made; none if no grant lives.
    public var grantedAt: Date?
    /// When the person agreed last; none if the client needs no consent, or has none.
    public var consentedAt: Date?

    public init(client: String, grantedAt: Date? = nil, consentedAt: Date? = nil) {
        self.client = client
        self.grantedAt = grantedAt
        self.consentedAt = consentedAt
    }
}
