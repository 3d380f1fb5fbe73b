import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// What a failed request is answered, in its reader's language: an OAuth error in JSON at the
/// endpoints that programs call, a page in French everywhere else (design, errors).
struct FailureAnswers: Sendable {
    let layout: Layout

    static let protocolPaths: Set<String> = [
        "/token", "/userinfo", "/revoke", "/introspect", "/jwks",
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
    ]

    func render(
        _ failure: RequestFailure, _ request: Request, _ context: ServingContext
    ) -> Response {
        guard Self.protocolPaths.contains(request.uri.path) else {
            return PageResponse(
                FailurePage(failure: failure).inside(layout), status: failure.status,
                headers: failure.headers
            ).response
        }
        let code: OAuthError.Code =
            switch failure.status.code {
            case 503: .temporarilyUnavailable
            case 500...: .serverError
            default: .invalidRequest
            }
        let error = OAuthError(code, "Reference \(failure.correlation)")
        return JSONResponse(error.json, status: failure.status, headers: failure.headers).response
    }
}
