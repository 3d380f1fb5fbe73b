import FoundationEssentials
import HTTPTypes
import Serving
import Tokens

/// Who calls the token endpoint: `client_secret_post`, or `private_key_jwt` where the client is
/// registered with keys. HTTP Basic is none of FranceConnect's ways.
///
/// Source: RFC 6749 §2.3.1, RFC 7523 §3, Core §9.
struct ClientAuthentication: Sendable {
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// Within which a `jti` is remembered.
    private static let assertionLifetimeMax = Duration.seconds(60 * 60)

    let simulator: Simulator

    func client(_ form: Form, _ headers: HTTPFields) throws(TokenError) -> ServiceProvider {
        guard headers[.authorization] == nil else { throw Self.failed }
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == Self.assertionType, form["client_secret"] == nil
            else { throw TokenError(.invalidRequest, "one client authentication is needed") }
            return try client(assertion, named: form["client_id"])
        }
        guard let id = form.parameter("client_id") else {
            throw TokenError(.invalidRequest, "no client authentication mechanism provided")
        }
        guard let client = simulator.client(id), let known = simulator.secrets[id],
            let secret = form.parameter("client_secret"), Secret(secret) == known
        else { throw Self.failed }
        return client
    }

    private func client(
        _ assertion: String, named id: String?
    ) throws(TokenError) -> ServiceProvider {
        let now = simulator.environment.now()
        do {
            let unverified = try JWS.parse(assertion)
            guard let name = try? JSON(parsing: unverified.unverifiedPayload).member("sub")?.string,
                id == nil || id == name, let client = simulator.client(name),
                case .keys(let keys) = client.authentication
            else { throw Self.failed }
            let token = try JWT(
                JWS.verify(unverified, keys: keys, allowed: ServiceProvider.algorithms))
            var expectation = JWT.Expectation(
                issuer: name, audience: simulator.configuration.issuer)
            expectation.lifetimeMax = Self.assertionLifetimeMax
            try token.check(expectation, at: now, leeway: .zero)
            guard let jti = token.id, !jti.isEmpty, let expiry = token.expiresAt,
                simulator.usedAssertions.put(true, under: name + " " + jti, until: expiry, at: now)
            else { throw Self.failed }
            return client
        } catch {
            throw Self.failed
        }
    }

    private static let failed = TokenError(.invalidClient, "client authentication failed")
}
