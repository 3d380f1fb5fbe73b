import FoundationEssentials

/// The claims of an access token in JWT form, `typ` `at+jwt`. Source: RFC 9068.
public struct AccessTokenClaims: Sendable, Equatable {
    public static let type = "at+jwt"

    public var issuer: String
    public var subject: String
    public var audience: [String]
    public var clientID: String
    public var scope: Scope
    public var id: String
    public var issuedAt: Date
    public var expiresAt: Date
    public var authenticatedAt: Date?
    public var acr: String?
    public var amr: [String]
    /// The grant it belongs to, so that its end ends the token (design D26). Claim `grant_id`.
    public var grantID: String?
    /// The DPoP key's thumbprint: `cnf.jkt` (RFC 9449 §6.1).
    public var keyThumbprint: String?

    public init(
        issuer: String, subject: String, audience: [String], clientID: String, scope: Scope,
        id: String, issuedAt: Date, expiresAt: Date, authenticatedAt: Date? = nil,
        acr: String? = nil, amr: [String] = [], grantID: String? = nil,
        keyThumbprint: String? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.clientID = clientID
        self.scope = scope
        self.id = id
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
        self.acr = acr
        self.amr = amr
        self.grantID = grantID
        self.keyThumbprint = keyThumbprint
    }

    public func payload() -> [UInt8] { [] }

    /// Verifies a token as a resource must (RFC 9068 §4).
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        audience: String, at now: Date, leeway: Duration = .zero
    ) throws(JWTError) -> AccessTokenClaims {
        throw JWTError(.malformed)
    }
}
