import FoundationEssentials

/// The claims of a logout token, `typ` `logout+jwt`. Source: OpenID Connect Back-Channel Logout 1.0
/// §2.4.
public struct LogoutTokenClaims: Sendable, Equatable {
    public static let type = "logout+jwt"
    public static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// An event of our own beside the standard's: the subject signs in no more, since its account was
    /// joined to another one of the same person.
    public struct SubjectClosed: Sendable, Equatable {
        public static let event = "urn:educonnect:event:subject-closed"

        /// The person's `sub` from now on, for clients that may know that both are one.
        public var replacedBy: String?

        public init(replacedBy: String? = nil) {
            self.replacedBy = replacedBy
        }
    }

    public var issuer: String
    public var audience: String
    public var subject: String?
    public var sessionID: String?
    public var id: String
    public var issuedAt: Date
    public var expiresAt: Date
    public var closing: SubjectClosed?

    /// One of `subject` and `sessionID` must be there.
    public init(
        issuer: String, audience: String, subject: String?, sessionID: String?, id: String,
        issuedAt: Date, expiresAt: Date, closing: SubjectClosed? = nil
    ) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.sessionID = sessionID
        self.id = id
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.closing = closing
    }

    public func payload() -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.object { writer in
            writer.member("iss", issuer)
            writer.member("aud", audience)
            writer.member("sub", ifPresent: subject)
            writer.member("sid", ifPresent: sessionID)
            writer.member("jti", id)
            writer.member("iat", issuedAt.epochSeconds)
            writer.member("exp", expiresAt.epochSeconds)
            writer.object("events") { writer in
                writer.object(LogoutTokenClaims.event) { _ in }
                if let closing {
                    writer.object(SubjectClosed.event) { writer in
                        writer.member("replaced_by", ifPresent: closing.replacedBy)
                    }
                }
            }
        }
        return writer.bytes
    }

    /// A logout token is of use for minutes; some providers write no `exp`.
    private static let ageMax = Duration.seconds(600)

    /// Verifies a token as its relying party must (§2.6). The caller remembers `id` against
    /// replays.
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        clientID: String, at now: Date, leeway: Duration = .seconds(10)
    ) throws(JWTError) -> LogoutTokenClaims {
        let jwt = try JWT(try JWS.verify(try JWS.parse(token), keys: keys, allowed: allowed))
        // Explicit typing is recommended, not required (§2.4).
        guard jwt.header.type == nil || jwt.isOfType(type) || jwt.isOfType("JWT") else {
            throw JWTError(.wrongType, jwt.header.type ?? "")
        }
        var expectation = JWT.Expectation(issuer: issuer, audience: clientID)
        expectation.requiresExpiry = false
        expectation.ageMax = ageMax
        try jwt.check(expectation, at: now, leeway: leeway)
        return try LogoutTokenClaims(jwt, clientID: clientID)
    }

    private init(_ jwt: JWT, clientID: String) throws(JWTError) {
        // An ID token has a nonce, a logout token never: neither passes for the other.
        guard jwt.claims.member("nonce") == nil else { throw JWTError(.wrongType, "nonce") }
        let events = jwt.claims.member("events")
        guard case .object = events?.member(LogoutTokenClaims.event) else {
            throw JWTError(.missingClaim, "events")
        }
        guard let issuer = jwt.issuer else { throw JWTError(.missingClaim, "iss") }
        guard let id = jwt.id else { throw JWTError(.missingClaim, "jti") }
        guard let issuedAt = jwt.issuedAt else { throw JWTError(.missingClaim, "iat") }
        let sessionID: String?
        let closing: SubjectClosed?
        do {
            sessionID = try jwt.claims.optionalString("sid")
            closing =
                if let event = events?.member(SubjectClosed.event) {
                    SubjectClosed(replacedBy: try event.optionalString("replaced_by"))
                } else { nil }
        } catch {
            throw JWTError(.malformedClaim, error.path)
        }
        guard jwt.subject != nil || sessionID != nil else {
            throw JWTError(.missingClaim, "sub or sid")
        }
        self.init(
            issuer: issuer, audience: clientID, subject: jwt.subject, sessionID: sessionID, id: id,
            issuedAt: issuedAt, expiresAt: jwt.expiresAt ?? issuedAt, closing: closing)
    }
}
