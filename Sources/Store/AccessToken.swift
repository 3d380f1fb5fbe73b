import FoundationEssentials

/// An opaque access token.
public struct AccessToken: Sendable, Equatable {
    public var selector: [UInt8]
    /// None for a client that acts for itself.
    public var grant: Grant.ID?
    public var client: String
    /// Space-separated.
    public var scopes: String
    /// The resource that it is for; none means our own endpoints.
    public var audience: String?
    /// The thumbprint of the key that it is bound to (RFC 9449 §6).
    public var jkt: String?
    public var createdAt: Date
    public var expiresAt: Date

    public init(
        selector: [UInt8], grant: Grant.ID?, client: String, scopes: String,
        audience: String? = nil,
        jkt: String? = nil, createdAt: Date, expiresAt: Date
    ) {
        self.selector = selector
        self.grant = grant
        self.client = client
        self.scopes = scopes
        self.audience = audience
        self.jkt = jkt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// An access token to be written.
public struct NewAccessToken: Sendable {
    public var reference: SecretReference
    /// Space-separated.
    public var scopes: String
    public var audience: String?
    public var jkt: String?
    public var expiresAt: Date

    public init(
        reference: SecretReference, scopes: String, audience: String? = nil, jkt: String? = nil,
        expiresAt: Date
    ) {
        self.reference = reference
        self.scopes = scopes
        self.audience = audience
        self.jkt = jkt
        self.expiresAt = expiresAt
    }
}

/// An access token that is good now, and its grant, which is alive.
public struct LiveAccessToken: Sendable, Equatable {
    public var token: AccessToken
    /// None for a client that acts for itself.
    public var grant: Grant?

    public init(token: AccessToken, grant: Grant?) {
        self.token = token
        self.grant = grant
    }
}

/// What became of a revocation (RFC 7009 §2.2: the client is told the same in each case but the
/// second).
public enum Revocation: Sendable, Equatable {
    case revoked, wrongClient, unknown
}
