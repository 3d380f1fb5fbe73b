import FoundationEssentials

/// An identity at another provider that signs in to an account here (J-§2.1
/// `franceConnectLinks`).
///
/// The pair (issuer, subject) belongs to one account; only a regroupement and its undoing move it. No
/// other value of the identity finds an account: neither its address nor its name (SR-37).
public struct UpstreamLink: Sendable, Equatable {
    /// `iss`, compared exactly.
    public let issuer: String
    /// `sub`, compared exactly.
    public let subject: String
    public var account: Account.ID
    public var createdAt: Date
    public var lastUsedAt: Date

    /// A link is used for the first time when it is made, unless said otherwise.
    public init(
        issuer: String, subject: String, account: Account.ID, createdAt: Date,
        lastUsedAt: Date? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.account = account
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt ?? createdAt
    }
}
