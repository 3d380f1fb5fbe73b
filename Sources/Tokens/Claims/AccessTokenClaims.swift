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

    public func payload() -> [UInt8] {
        var writer = JSONWriter(reserving: 640)
        writer.object { writer in
            writer.member("iss", issuer)
            writer.member("sub", subject)
            writer.audience(audience)
            writer.member("client_id", clientID)
            writer.member("scope", scope.text)
            writer.member("jti", id)
            writer.member("iat", issuedAt.epochSeconds)
            writer.member("exp", expiresAt.epochSeconds)
            writer.member("auth_time", ifPresent: authenticatedAt?.epochSeconds)
            writer.member("acr", ifPresent: acr)
            if !amr.isEmpty { writer.member("amr", amr) }
            writer.member("grant_id", ifPresent: grantID)
            if let keyThumbprint {
                writer.object("cnf") { writer in writer.member("jkt", keyThumbprint) }
            }
        }
        return writer.bytes
    }

    /// Verifies a token as a resource must (RFC 9068 §4). Revocation and grants are the caller's.
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        audience: String, at now: Date, leeway: Duration = .zero
    ) throws(JWTError) -> AccessTokenClaims {
        let jwt = try JWT(try JWS.verify(try JWS.parse(token), keys: keys, allowed: allowed))
        let expectation = JWT.Expectation(issuer: issuer, audience: audience, type: type)
        try jwt.check(expectation, at: now, leeway: leeway)
        return try AccessTokenClaims(jwt)
    }

    private init(_ jwt: JWT) throws(JWTError) {
        guard let issuer = jwt.issuer else { throw JWTError(.missingClaim, "iss") }
        guard let subject = jwt.subject else { throw JWTError(.missingClaim, "sub") }
        guard let id = jwt.id else { throw JWTError(.missingClaim, "jti") }
        guard let issuedAt = jwt.issuedAt else { throw JWTError(.missingClaim, "iat") }
        guard let expiresAt = jwt.expiresAt else { throw JWTError(.missingClaim, "exp") }
        let authenticatedAt = try jwt.claims.numericDate("auth_time")
        do {
            guard let scope = Scope(try jwt.claims.optionalString("scope") ?? "") else {
                throw JWTError(.malformedClaim, "scope")
            }
            self.init(
                issuer: issuer, subject: subject, audience: jwt.audience,
                clientID: try jwt.claims.requiredString("client_id"), scope: scope, id: id,
                issuedAt: issuedAt, expiresAt: expiresAt, authenticatedAt: authenticatedAt,
                acr: try jwt.claims.optionalString("acr"),
                amr: try jwt.claims.stringArray("amr") ?? [],
                grantID: try jwt.claims.optionalString("grant_id"),
                keyThumbprint: try jwt.claims.object("cnf")?.optionalString("jkt"))
        } catch let error as JWTError {
            throw error
        } catch {
            throw JWTError(.malformedClaim, (error as? JSONError)?.path ?? "")
        }
    }
}
