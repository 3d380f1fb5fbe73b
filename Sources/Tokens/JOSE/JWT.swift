import FoundationEssentials

/// The registered claims of a verified token, typed. Source: RFC 7519 §4.1.
public struct JWT: Sendable {
    public let header: JOSEHeader
    /// All claims.
    public let claims: JSONMembers
    public let issuer: String?
    public let subject: String?
    /// `aud`, also when it was one string.
    public let audience: [String]
    /// Whether `aud` was one string (FAPI 2.0 client assertions must have that form).
    public let audienceIsString: Bool
    public let expiresAt: Date?
    public let notBefore: Date?
    public let issuedAt: Date?
    public let id: String?

    public init(_ jws: VerifiedJWS) throws(JWTError) {
        throw JWTError(.malformed)
    }

    /// What a reader expects. Nil means: not checked.
    public struct Expectation: Sendable {
        public var issuer: String?
        public var audience: String?
        /// `typ`, compared without case and without `application/`.
        public var type: String?
        public var requiresExpiry = true
        /// The most that `exp` may lie ahead of now.
        public var lifetimeMax: Duration?
        /// The most that `iat` may lie behind now.
        public var ageMax: Duration?

        public init(issuer: String? = nil, audience: String? = nil, type: String? = nil) {
            self.issuer = issuer
            self.audience = audience
            self.type = type
        }
    }

    /// Checks `iss`, `aud`, `exp`, `nbf`, `iat`. The leeway forgives clocks that differ (10 s: SR-30).
    public func check(
        _ expectation: Expectation, at now: Date, leeway: Duration = .seconds(10)
    ) throws(JWTError) {
    }
}
