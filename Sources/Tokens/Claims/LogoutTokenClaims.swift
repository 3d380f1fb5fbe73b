import FoundationEssentials

/// The claims of a logout token, `typ` `logout+jwt`. Source: OpenID Connect Back-Channel Logout 1.0 §2.4.
public struct LogoutTokenClaims: Sendable, Equatable {
    public static let type = "logout+jwt"
    public static let event = "http://schemas.openid.net/event/backchannel-logout"

    public var issuer: String
    public var audience: String
    public var subject: String?
    public var sessionID: String?
    public var id: String
    public var issuedAt: Date
    public var expiresAt: Date

    /// One of `subject` and `sessionID` must be there.
    public init(
        issuer: String, audience: String, subject: String?, sessionID: String?, id: String,
        issuedAt: Date, expiresAt: Date
    ) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.sessionID = sessionID
        self.id = id
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    public func payload() -> [UInt8] { [] }

    /// Verifies a token as its relying party must (§2.6). The caller remembers `id` against replays.
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        clientID: String, at now: Date, leeway: Duration = .seconds(10)
    ) throws(JWTError) -> LogoutTokenClaims {
        throw JWTError(.malformed)
    }
}
