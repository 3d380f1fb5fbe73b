import Flow
import HTTPTypes
import Hummingbird
import Serving
import Tokens
import Web

/// Where clients exchange what they hold for tokens.
///
/// POST with a form only; every answer is `no-store` (SR-17). Source: RFC 6749 §3.2.
struct TokenEndpoint: Sendable {
    static let path = "/token"

    let desk: Desk
    let authentication: ClientAuthentication
    let grantTypes: [any GrantType]

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        return await OAuthAnswer.running(context, at: now) {
            let form = try await Form.ofClient(request, context)
            let grantType = try grantType(form)
            let network = context.networkKey
            let answer = try await authentication.withClient(
                form, authorization: request.headers[.authorization], network: network, at: now
            ) { client in
                guard client.client.isRegistered(for: grantType.name) else {
                    throw OAuthError(
                        .unauthorizedClient, "The client is not registered for this grant type")
                }
                return try await grantType.answer(
                    TokenRequest(form: form, client: client, network: network, now: now))
            }
            return OAuthAnswer.ok(answer.json())
        }
    }

    private func grantType(_ form: Form) throws(OAuthError) -> any GrantType {
        let name = try form.required("grant_type")
        guard let grantType = grantTypes.first(where: { $0.name.rawValue == name }) else {
            throw OAuthError(.unsupportedGrantType, "This grant_type is not offered")
        }
        return grantType
    }
}
