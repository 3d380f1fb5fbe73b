import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// An access token for a client that acts for itself, about nobody.
///
/// Only for a client that can prove who it is: no other can be registered for it (`ClientMetadata`).
/// No refresh token, no ID token. Source: RFC 6749 §4.4.
struct ClientCredentialsGrant: GrantType {
    let desk: Desk

    var name: ClientMetadata.GrantType { .clientCredentials }

    func answer(_ request: TokenRequest) async throws -> TokenAnswer {
        let now = request.now
        let client = request.client.client
        let scope = try Self.scope(request.form, of: client)
        let accessToken = desk.makeToken(.accessToken, at: now)
        let lifetime = desk.policy.lifetimes.accessToken
        let token = NewAccessToken(
            reference: accessToken.reference, scopes: scope.text, expiresAt: now + lifetime)
        try await desk.store.write { writer in
            try request.client.confirm(in: writer, at: now)
            try writer.issueClientToken(token, client: client.id, at: now)
        }
        return TokenAnswer(
            accessToken: accessToken.text, expiresIn: lifetime.wholeSeconds, scope: scope.text)
    }

    /// What is registered, or less. The scopes of a person's sign-in mean nothing without a person.
    private static func scope(
        _ form: Form, of client: RegisteredClient
    ) throws(OAuthError) -> Scope {
        let registered = (client.metadata.scope ?? .empty)
            .removing(Scope.openID).removing(Scope.offlineAccess)
        guard let text = form.parameter("scope") else { return registered }
        guard let asked = Scope(text), asked.isSubset(of: registered) else {
            throw OAuthError(.invalidScope, "The scope is not registered for this client")
        }
        return asked
    }
}
