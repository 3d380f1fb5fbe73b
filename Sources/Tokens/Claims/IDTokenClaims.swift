import FoundationEssentials

/// The claims of an ID token. Source: OpenID Connect Core 1.0 §2, §3.1.3.6; Back-Channel Logout §2.1.
public struct IDTokenClaims: Sendable, Equatable {
    public var issuer: String
    public var subject: String
    /// The client's id first; an RP sees other audiences here too.
    public var audience: [String]
    public var expiresAt: Date
    public var issuedAt: Date
    public var authenticatedAt: Date?
    public var nonce: String?
    public var acr: String?
    public var amr: [String]
    public var authorizedParty: String?
    public var sessionID: String?
    public var accessTokenHash: String?
    public var codeHash: String?
    public var stateHash: String?
    /// Further claims asked for under `claims.id_token`, never a registered name from above.
    public var further: [String: JSON]

    public init(
        issuer: String, subject: String, audience: String, issuedAt: Date, expiresAt: Date,
        authenticatedAt: Date? = nil, nonce: String? = nil, acr: String? = nil, amr: [String] = [],
        sessionID: String? = nil, further: [String: JSON] = [:]
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = [audience]
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
        self.nonce = nonce
        self.acr = acr
        self.amr = amr
        self.sessionID = sessionID
        self.further = further
    }

    /// The payload, in the order above.
    public func payload() -> [UInt8] { [] }

    /// The left half of the algorithm's hash of the ASCII text, base64url: `at_hash`, `c_hash`, `s_hash`.
    ///
    /// Source: Core §3.1.3.6, §3.3.2.11.
    public static func leftHash(of text: String, _ algorithm: Algorithm) -> String { "" }

    /// Verifies a token as its relying party must (Core §3.1.3.7).
    ///
    /// `nonce` nil: the request sent none, and the token must have none. `accessToken`: its `at_hash`, if
    /// there is one, must fit.
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        clientID: String, nonce: String?, accessToken: String? = nil, at now: Date,
        leeway: Duration = .seconds(10)
    ) throws(JWTError) -> IDTokenClaims {
        throw JWTError(.malformed)
    }

    /// Verifies an `id_token_hint`: one of ours, for any audience, expired or not.
    public static func hint(
        _ token: String, keys: JWKSet, issuer: String
    ) throws(JWTError) -> IDTokenClaims {
        throw JWTError(.malformed)
    }
}
