import FoundationEssentials
import Tokens

/// A way to get tokens: one value of `grant_type`. The list `ProviderRoutes.grantTypes` is what
/// the token endpoint offers and what discovery says.
protocol GrantType: Sendable {
    var name: ClientMetadata.GrantType { get }

    /// The answer to an authenticated client that is registered for this grant type; throws what the
    /// client is told (`OAuthError`).
    func answer(_ request: TokenRequest) async throws -> TokenAnswer
}

/// A request of the token endpoint whose client has authenticated.
struct TokenRequest: Sendable {
    let form: Form
    let client: AuthenticatedClient
    /// What limits and the audit count by.
    let network: String
    let now: Date
}

/// A successful answer. Source: RFC 6749 §5.1, OpenID Connect Core §3.1.3.3.
struct TokenAnswer: Sendable {
    let accessToken: String
    /// Seconds, at least 1.
    let expiresIn: Int64
    /// Space-separated; always said, since it may be less than was asked for.
    let scope: String
    var refreshToken: String?
    var idToken: String?

    func json() -> [UInt8] {
        var writer = JSONWriter(reserving: 1536)
        writer.object { writer in
            writer.member("access_token", accessToken)
            writer.member("token_type", "Bearer")
            writer.member("expires_in", expiresIn)
            writer.member("refresh_token", ifPresent: refreshToken)
            writer.member("id_token", ifPresent: idToken)
            if !scope.isEmpty { writer.member("scope", scope) }
        }
        return writer.bytes
    }
}
