import FoundationEssentials
import Flow
import Tokens

/// A client's signed statement of who it is, verified: the method `private_key_jwt`.
///
/// Source: RFC 7523 §3, OpenID Connect Core §9; design D25; SR-19, SR-30; security history 2.14.
struct ClientAssertion: Sendable {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// The most that `exp` may lie ahead: for so long `jti` is remembered.
    static let lifetimeMax = Duration.seconds(300)
    /// Clocks differ: `iat` and `nbf` may lie so far ahead.
    static let leeway = Duration.seconds(10)
    static let idByteCountMax = 256

    /// What makes it unique, to be claimed once: a hash of the client and `jti`.
    let fingerprint: [UInt8]
    /// Until then the fingerprint must be remembered.
    let expiresAt: Date

    /// Verifies with the client's registered keys.
    ///
    /// - Parameter audiences: whom the assertion may be meant for: the issuer and, for plain clients, the
    ///   token endpoint. An assertion that is also meant for somebody else could be used there, or here
    ///   by them, and is refused.
    init(
        _ jws: UnverifiedJWS, of client: RegisteredClient, audiences: [String], at now: Date
    ) throws(OAuthError) {
        guard let keys = client.metadata.jwks else {
            throw OAuthError(
                .invalidClient,
                "The client has no registered keys (jwks); keys at a jwks_uri are not read")
        }
        do throws(JWTError) {
            let allowed = client.metadata.authenticationAlgorithm.map { [$0] } ?? Algorithm.all
            let jwt = try JWT(try JWS.verify(jws, keys: keys, allowed: allowed))
            try Self.check(jwt, of: client.id, audiences: audiences, at: now)
            guard let id = jwt.id, !id.isEmpty, let expiry = jwt.expiresAt else {
                throw JWTError(.missingClaim, "jti")
            }
            guard id.utf8.count <= Self.idByteCountMax else {
                throw JWTError(.malformedClaim, "jti")
            }
            // The length keeps (a, bc) and (ab, c) apart.
            fingerprint =
                Digest.sha256("assertion|\(client.id.utf8.count)|\(client.id)|\(id)").bytes
            expiresAt = expiry + Self.leeway
        } catch {
            throw Self.refusal(error)
        }
    }

    private static func check(
        _ jwt: JWT, of clientID: String, audiences: [String], at now: Date
    ) throws(JWTError) {
        // Other things that clients sign (request objects, DPoP proofs) have types of their own.
        if let type = jwt.header.type?.lowercased(), !types.contains(type) {
            throw JWTError(.wrongType)
        }
        var expected = JWT.Expectation(issuer: clientID)
        expected.lifetimeMax = lifetimeMax
        try jwt.check(expected, at: now, leeway: leeway)
        guard jwt.subject == clientID else { throw JWTError(.wrongSubject) }
        guard !jwt.audience.isEmpty, jwt.audience.allSatisfy(audiences.contains) else {
            throw JWTError(.wrongAudience)
        }
    }

    private static let types: Set = [
        "jwt", "application/jwt", "client-authentication+jwt",
        "application/client-authentication+jwt",
    ]

    /// Whose keys to try, from a statement that nobody has verified.
    static func unverifiedSubject(of jws: UnverifiedJWS) throws(JWTError) -> String {
        guard let payload = try? JSON(parsing: jws.unverifiedPayload),
            let subject = payload.member("sub")?.string, !subject.isEmpty
        else { throw JWTError(.missingClaim, "sub") }
        return subject
    }

    /// The reason is named: it tells an integrator what to mend and an attacker nothing new.
    static func refusal(_ error: JWTError) -> OAuthError {
        OAuthError(.invalidClient, "The client_assertion is refused: \(error.code.rawValue)")
    }
}
