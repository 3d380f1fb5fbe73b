import FoundationEssentials

/// A client secret as the store keeps it: its SHA-256.
public struct ClientSecret: Sendable, Equatable {
    public var hash: [UInt8]
    public var createdAt: Date
    public var lastUsedAt: Date?

    public init(hash: [UInt8], createdAt: Date, lastUsedAt: Date? = nil) {
        self.hash = hash
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// A teleservice as it is registered (design D27). The store doesn't read its texts.
public struct Client: Sendable, Equatable {
    /// Two secrets at most: the one in use and the one that replaces it.
    public static let secretsMax = 2

    /// The `client_id`.
    public let id: String
    /// Client metadata as JSON with RFC 7591 names: what a registration may set.
    public var metadata: String
    /// What only an operator may set, as JSON.
    public var policy: String
    /// Whether families find it on their portal; a copy of what the policy says, so that the portal
    /// reads those alone.
    public var hasTile: Bool
    /// Oldest first.
    public var secrets: [ClientSecret]
    /// The sector of its pairwise subject identifiers, frozen at registration.
    public var sector: String
    /// Where logout tokens go; a copy of the metadata's member, so that `end` can write the logout
    /// rows.
    public var backchannelLogoutURI: String?
    /// Grows with every change: parsed clients are cached by (id, revision). It begins with the time
    /// of registration, so that no registration has a revision of an earlier one under its id.
    public var revision: Int64
    public var disabledAt: Date?
    public var createdAt: Date
    public var updatedAt: Date

    public init(
        id: String, metadata: String, policy: String, secrets: [ClientSecret], sector: String,
        hasTile: Bool = false, backchannelLogoutURI: String? = nil, revision: Int64? = nil,
        disabledAt: Date? = nil, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.metadata = metadata
        self.policy = policy
        self.hasTile = hasTile
        self.secrets = secrets
        self.sector = sector
        self.backchannelLogoutURI = backchannelLogoutURI
        self.revision = revision ?? createdAt.epochMilliseconds
        self.disabledAt = disabledAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What tells whether a cached client is still current.
public struct ClientRevision: Sendable, Equatable {
    public var revision: Int64
    public var isDisabled: Bool

    public init(revision: Int64, isDisabled: Bool) {
        self.revision = revision
        self.isDisabled = isDisabled
    }
}
