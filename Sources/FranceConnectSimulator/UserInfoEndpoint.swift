import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// `/userinfo`, by GET alone and with the token in its header alone: a signed JWT.
///
/// Source: Core §5.3.
struct UserInfoEndpoint: Sendable {
    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(simulator.path("/userinfo"))) { request, context in
            try await LineFaults(conduct: simulator.conduct).answer(at: .userInfo) {
                do throws(TokenError) {
                    return try answer(request.headers[.authorization])
                } catch {
                    return error.response(context)
                }
            }
        }
    }

    private func answer(_ authorization: String?) throws(TokenError) -> Response {
        guard let authorization else {
            throw TokenError(.invalidRequest, "no access token provided")
        }
        guard case .bearer(let token) = AuthorizationHeader(authorization),
            let grant = simulator.accessTokens.value(token.text, at: simulator.environment.now()),
            let client = simulator.client(grant.clientID)
        else { throw TokenError(.invalidToken, "invalid token provided") }
        let mint = TokenMint(simulator: simulator, client: client)
        if simulator.conduct.misbehaviour(at: .userInfo) == .plainJSON {
            return JSONResponse(mint.plainUserInfo(grant)).response
        }
        do {
            return JSONResponse(
                Array(try mint.userInfo(grant).utf8),
                headers: [.contentType: "application/jwt; charset=utf-8"]
            ).response
        } catch {
            throw TokenError(.serverError, "no key to sign with")
        }
    }
}
