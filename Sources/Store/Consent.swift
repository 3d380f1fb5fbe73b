import FoundationEssentials

/// What a person let a client see.
public struct Consent: Sendable, Equatable {
    public var account: Account.ID
    public var client: String
    /// Space-separated.
    public var scopes: String
    public var updatedAt: Date

    public init(account: Account.ID, client: String, scopes: String, updatedAt: Date) {
        self.account = account
        self.client = client
        self.scopes = scopes
        self.updatedAt = updatedAt
    }
}
