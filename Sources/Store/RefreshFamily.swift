import FoundationEssentials

/// All refresh tokens that follow from one authorization: one row, whatever their number (design
/// D24).
public struct RefreshFamily: Sendable, Equatable {
    public var selector: [UInt8]
    public var grant: Grant.ID
    public var client: String
    /// 0 for the first token; each rotation adds one.
    public var generation: Int64
    public var createdAt: Date
    public var rotatedAt: Date?
    public var idleExpiresAt: Date
    public var expiresAt: Date

    public init(
        selector: [UInt8], grant: Grant.ID, client: String, generation: Int64, createdAt: Date,
        rotatedAt: Date?,
        idleExpiresAt: Date, expiresAt: Date
    ) {
        self.selector = selector
        self.grant = grant
        self.client = client
        self.generation = generation
        self.createdAt = createdAt
        self.rotatedAt = rotatedAt
        self.idleExpiresAt = idleExpiresAt
        self.expiresAt = expiresAt
    }
}

/// A refresh family to be written; its reference is that of generation 0.
public struct NewRefreshFamily: Sendable {
    public var reference: SecretReference
    public var idleExpiresAt: Date
    public var expiresAt: Date

    public init(reference: SecretReference, idleExpiresAt: Date, expiresAt: Date) {
        self.reference = reference
        self.idleExpiresAt = idleExpiresAt
        self.expiresAt = expiresAt
    }
}

/// Which key a refresh must be proved with.
public enum RefreshBinding: Sendable, Equatable {
    /// A confidential client: its authentication is the binding, the proof's key may change (RFC
    /// 9449 §5).
    case client
    /// A public client: the key of the grant, or none if the grant has none.
    case key(String?)
}

/// A refresh token as a client presents it.
public struct RefreshRequest: Sendable {
    public var token: SecretReference
    public var client: String
    public var binding: RefreshBinding
    /// The hash of the token that follows the presented one, 32 bytes: a pure function of the
    /// generation that the successor has.
    public var successor: @Sendable (_ generation: Int64) throws -> [UInt8]
    /// The new end of idleness, never beyond the end of the family.
    public var idleExpiresAt: Date
    /// How long the same predecessor gets the same successor again (D24: 60 s).
    public var graceSeconds: Int64
    /// What to issue, decided from the grant; pure, as in `CodeRedemptionRequest`. None: nothing is
    /// written but the rotation (a JWT access token).
    public var accessToken: @Sendable (Grant) throws -> NewAccessToken?

    public init(
        token: SecretReference, client: String, binding: RefreshBinding,
        successor: @escaping @Sendable (_ generation: Int64) throws -> [UInt8], idleExpiresAt: Date,
        graceSeconds: Int64 = 60, accessToken: @escaping @Sendable (Grant) throws -> NewAccessToken?
    ) {
        self.token = token
        self.client = client
        self.binding = binding
        self.successor = successor
        self.idleExpiresAt = idleExpiresAt
        self.graceSeconds = graceSeconds
        self.accessToken = accessToken
    }
}

/// A refresh token that was good: the family as it is now (its `generation` is the successor's) and
/// its grant.
public struct RefreshedFamily: Sendable, Equatable {
    public var family: RefreshFamily
    public var grant: Grant

    public init(family: RefreshFamily, grant: Grant) {
        self.family = family
        self.grant = grant
    }
}

/// What became of a presented refresh token.
public enum RefreshOutcome: Sendable {
    case rotated(RefreshedFamily)
    /// The predecessor within the grace: the same successor again, and a new access token.
    case repeated(RefreshedFamily)
    /// An older token: somebody else has it. The family and its grant are ended.
    case reused(Grant.ID)
    /// Idle or too old, or its grant, account or session has ended.
    case expired
    /// Another client's token; nothing changed.
    case wrongClient
    /// A public client with another key; nothing changed.
    case wrongKey
    case unknown
}
