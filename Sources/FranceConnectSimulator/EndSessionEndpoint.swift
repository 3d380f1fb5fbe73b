import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// `/session/end`: ends the session of the browser that comes here. Nobody else is told of it.
///
/// Source: RP-Initiated Logout 1.0 §2, with FranceConnect's own strictness: a closed list of
/// parameters, `id_token_hint` always (an expired one will do), the address exactly as registered.
struct EndSessionEndpoint: Sendable {
    private static let allowed: Set = [
        "id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint",
        "ui_locales",
    ]

    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(simulator.path("/session/end"))) { request, context in
            do throws(AuthorizationFailure) {
                return try end(request)
            } catch {
                guard case .page(let code, let detail) = error else { throw HTTPError(.badRequest) }
                return TechnicalErrorPage(
                    error: code, correlation: context.correlation, detail: detail
                ).response(in: simulator.layout)
            }
        }
    }

    private func end(_ request: Request) throws(AuthorizationFailure) -> Response {
        guard let form = try? RequestForm.query(request), form.duplicates.isEmpty else {
            throw Self.wrong("the request is no form, or a parameter comes twice")
        }
        if let unknown = form.parameters.first(where: { !Self.allowed.contains($0.name) }) {
            throw Self.wrong("\(unknown.name) is not allowed")
        }
        let client = try client(of: form)
        let uri = form["post_logout_redirect_uri"]
        guard uri == nil || client.postLogoutRedirectURIs.contains(uri ?? "") else {
            throw .page(.postLogoutRedirectURI, "post_logout_redirect_uri not registered")
        }
        if let session = CookieJar(request)[simulator.cookies.session] {
            simulator.sessions.remove(session)
        }
        let headers: HTTPFields = [
            .setCookie: simulator.cookies.expire(simulator.cookies.session)
        ]
        guard let uri, let target = try? URIReference(uri) else {
            return PageResponse(SignedOutPage().inside(simulator.layout), headers: headers).response
        }
        let state = form["state"].map { [("state", $0)] } ?? []
        return Redirect.seeOther(target.appending(query: state), headers: headers)
    }

    /// The client that the ID token was made for.
    private func client(of form: Form) throws(AuthorizationFailure) -> ServiceProvider {
        guard let hint = form.parameter("id_token_hint") else {
            throw Self.wrong("id_token_hint is missing")
        }
        let keys = simulator.keys.current.hintKeys(at: simulator.environment.now())
        guard let jws = try? JWS.verify(JWS.parse(hint), keys: keys),
            let token = try? JWT(jws), token.issuer == simulator.configuration.issuer,
            let client = token.audience.first.flatMap(simulator.client)
        else { throw Self.wrong("could not decode id_token_hint") }
        guard form["client_id"] == nil || form["client_id"] == client.clientID else {
            throw Self.wrong("client_id does not match the provided id_token_hint")
        }
        return client
    }

    private static func wrong(_ detail: String) -> AuthorizationFailure {
        .page(.logoutParameters, detail)
    }
}
