import FoundationEssentials

/// What a link sent by mail is good for; never for anything else (SR-51).
public enum MailPurpose: String, Sendable, CaseIterable {
    case activation, addressChange, passwordReset
}

/// A link sent by mail, found by its reference (J-§2.7, J-§2.8). It serves once; one is good at a
/// time for each purpose and account.
///
/// It stands outside any interaction, since it may be opened in another browser (design D11).
public struct MailToken: Sendable {
    /// The selector of its reference (design D22).
    public typealias ID = RowID<MailToken>

    public var reference: SecretReference
    public var purpose: MailPurpose
    public var account: Account.ID
    /// The account's epoch when it was sent: after a change of it the link is void.
    public var accountEpoch: Int64
    /// Where it was sent, and what it confirms.
    public var address: String
    /// The interaction that waits for it, if there is one.
    public var interaction: InteractionRecord.ID?
    /// SHA-256 of the cookie of the browser that asked for it, 32 bytes: there the page posts
    /// itself.
    public var browserHash: [UInt8]?
    /// The client that the person was on the way to.
    public var client: String?
    public var createdAt: Date
    public var expiresAt: Date
    public var usedAt: Date?

    public var id: ID { ID(reference) }

    public init(
        reference: SecretReference, purpose: MailPurpose, account: Account.ID, accountEpoch: Int64,
        address: String, interaction: InteractionRecord.ID? = nil, browserHash: [UInt8]? = nil,
        client: String? = nil, createdAt: Date, expiresAt: Date, usedAt: Date? = nil
    ) {
        self.reference = reference
        self.purpose = purpose
        self.account = account
        self.accountEpoch = accountEpoch
        self.address = address
        self.interaction = interaction
        self.browserHash = browserHash
        self.client = client
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}
