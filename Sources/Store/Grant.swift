import FoundationEssentials

/// One authorization: what an account let a client do, frozen at the sign-in.
///
/// Alive while it is neither expired nor revoked, its account is open and in `accountEpoch`, and
/// its session, where it has one, is alive. Everything issued under it lives no longer.
public struct Grant: Sendable, Equatable {
    public typealias ID = RowID<Grant>

    public let id: ID
    /// None for a client that acts for itself.
    public var account: Account.ID?
    public var accountEpoch: Int64
    public var client: String
    /// The `sub`; `complete` puts in the one that the table has.
    public var subject: String
    /// None when offline: such a grant outlives the session.
    public var session: Session.ID?
    /// `complete` puts in the one of (session, client).
    public var sid: String?
    /// Space-separated.
    public var scopes: String
    /// The `claims` parameter as it was checked, or none.
    public var claims: String?
    /// Space-separated resource URIs (RFC 8707).
    public var resources: String?
    public var acr: String
    /// Space-separated.
    public var amr: String
    public var authTime: Date
    public var nonce: String?
    /// The thumbprint of the DPoP key that code and refresh tokens are bound to (RFC 9449 §10).
    public var jkt: String?
    public var createdAt: Date
    /// The latest moment at which anything issued under this grant may live.
    public var expiresAt: Date
    public var revokedAt: Date?

    public init(
        id: ID, account: Account.ID?, accountEpoch: Int64, client: String, subject: String,
        session: Session.ID? = nil, sid: String? = nil, scopes: String, claims: String? = nil,
        resources: String? = nil, acr: String, amr: String, authTime: Date, nonce: String? = nil,
        jkt: String? = nil, createdAt: Date, expiresAt: Date, revokedAt: Date? = nil
    ) {
        self.id = id
        self.account = account
        self.accountEpoch = accountEpoch
        self.client = client
        self.subject = subject
        self.session = session
        self.sid = sid
        self.scopes = scopes
        self.claims = claims
        self.resources = resources
        self.acr = acr
        self.amr = amr
        self.authTime = authTime
        self.nonce = nonce
        self.jkt = jkt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}
