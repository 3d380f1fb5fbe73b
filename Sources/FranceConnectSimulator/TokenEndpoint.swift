import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// `/token`: a code into an access token and an ID token, once, and never a refresh token.
///
/// Source: RFC 6749 §4.1.3.
struct TokenEndpoint: Sendable {
    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        router.post(RouterPath(simulator.path("/token"))) { request, context in
            try await LineFaults(conduct: simulator.conduct).answer(at: .token) {
                let form = try? await RequestForm.body(request, context)
                do throws(TokenError) {
                    return try answer(form, request.headers)
                } catch {
                    return error.response(context)
                }
            }
        }
    }

    private func answer(_ form: Form?, _ headers: HTTPFields) throws(TokenError) -> Response {
        switch simulator.conduct.misbehaviour(at: .token) {
        case .serverError?: throw TokenError(.serverError, "asked for by a test")
        case .temporarilyUnavailable?:
            throw TokenError(.temporarilyUnavailable, "asked for by a test")
        default: break
        }
        guard let form, form.duplicates.isEmpty else {
            throw TokenError(
                .invalidRequest, "a form in application/x-www-form-urlencoded is needed")
        }
        let client = try ClientAuthentication(simulator: simulator).client(form, headers)
        guard let grantType = form.parameter("grant_type") else {
            throw TokenError(.invalidRequest, "missing required parameter 'grant_type'")
        }
        guard grantType == "authorization_code" else {
            throw TokenError(.unsupportedGrantType, "unsupported grant_type requested")
        }
        guard let code = form.parameter("code"), let uri = form.parameter("redirect_uri") else {
            throw TokenError(.invalidRequest, "missing required parameter 'code' or 'redirect_uri'")
        }
        let (grant, accessToken) = try redeem(code, uri, client)
        return try tokens(grant, accessToken, client)
    }

    /// Spends the code. Another client's attempt and a wrong address leave it as it was.
    private func redeem(
        _ name: String, _ uri: String, _ client: ServiceProvider
    ) throws(TokenError) -> (Grant, String) {
        let now = simulator.environment.now()
        let random = simulator.environment.random
        let isRepeatable = simulator.conduct.misbehaviour(at: .token) == .codeTwice
        let redeemed = simulator.codes.update(name, at: now) { code -> (Grant, String)? in
            guard code.grant.clientID == client.clientID, code.redirectURI == uri else {
                return nil
            }
            if let spent = code.accessToken, !isRepeatable {
                simulator.accessTokens.remove(spent)
                return nil
            }
            let token = simulator.accessTokens.insert(
                code.grant, for: Lifetime.accessToken, at: now, random: random)
            code.accessToken = token
            return (code.grant, token)
        }
        guard let redeemed, let (grant, token) = redeemed else {
            throw TokenError(.invalidGrant, "grant request is invalid")
        }
        return (grant, token)
    }

    private func tokens(
        _ grant: Grant, _ accessToken: String, _ client: ServiceProvider
    ) throws(TokenError) -> Response {
        let idToken: String
        do {
            idToken = try TokenMint(simulator: simulator, client: client).idToken(grant)
        } catch {
            throw TokenError(.serverError, "no key to sign with")
        }
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("access_token", accessToken)
            writer.member(
                "expires_in", Lifetime.accessToken.components.seconds)
            writer.member("id_token", idToken)
            writer.member("scope", grant.scope.text)
            writer.member("token_type", "Bearer")
        }
        return JSONResponse(
            writer.bytes, headers: [.contentType: "application/json; charset=utf-8"]
        ).response
    }
}
