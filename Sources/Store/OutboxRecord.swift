import FoundationEssentials

/// What the courier carries (design D12).
public enum OutboxKind: String, Sendable, CaseIterable {
    case mail, sms, logout
}

/// A message that waits, written in the transaction that causes it.
public struct OutboxRecord: Sendable, Equatable {
    public typealias ID = RowID<OutboxRecord>

    public let id: ID
    public var kind: OutboxKind
    /// Against doubles: a second row with the same key is not written.
    public var uniqueKey: String
    /// Sealed by who wrote it. Empty for a logout, which is made at its delivery from `client` and
    /// `sid`.
    public var body: [UInt8]
    /// The client of a logout token, and the session of it that ended. Without a session the account
    /// itself was closed by a regroupement, with all its sessions.
    public var client: String?
    public var sid: String?
    /// The `sub` of a logout token is that of this account in the client's sector.
    public var account: Account.ID?
    public var createdAt: Date
    public var notBefore: Date
    /// After this nobody needs it any more.
    public var expiresAt: Date
    /// Deliveries tried so far.
    public var attempts: Int64
    /// Set while a courier has it; another may take it after this moment.
    public var leasedUntil: Date?
    public var deliveredAt: Date?

    public init(
        id: ID, kind: OutboxKind, uniqueKey: String, body: [UInt8], client: String? = nil,
        sid: String? = nil,
        account: Account.ID? = nil, createdAt: Date, notBefore: Date, expiresAt: Date,
        attempts: Int64 = 0,
        leasedUntil: Date? = nil, deliveredAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.uniqueKey = uniqueKey
        self.body = body
        self.client = client
        self.sid = sid
        self.account = account
        self.createdAt = createdAt
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.attempts = attempts
        self.leasedUntil = leasedUntil
        self.deliveredAt = deliveredAt
    }
}
