import FoundationEssentials

/// Something that must be provable later: a sign-in, a proof, a change, a look at personal data
/// (SR-63).
public struct AuditEvent: Sendable, Equatable {
    public typealias ID = RowID<AuditEvent>

    public let id: ID
    public var at: Date

    public var kind: AuditKind
    public var account: Account.ID?
    public var client: String?
    /// The member of staff who acted.
    public var actor: String?
    /// The network that the request came from.
    public var network: String?
    /// Never a secret.
    public var detail: String

    public init(
        id: ID, at: Date, kind: AuditKind, account: Account.ID? = nil, client: String? = nil,
        actor: String? = nil,
        network: String? = nil, detail: String = ""
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.account = account
        self.client = client
        self.actor = actor
        self.network = network
        self.detail = detail
    }
}
