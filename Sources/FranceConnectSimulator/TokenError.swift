import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// An error of the endpoints that clients call: JSON with `error_uri`, as FranceConnect has it.
struct TokenError: Error, Sendable {
    private static let documentation =
        "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/"

    let error: OAuthError
    /// FranceConnect's code for it.
    private let code: String

    init(_ code: OAuthError.Code, _ description: String) {
        error = OAuthError(code, description)
        // Its codes for these are made from the message; one a kind is enough to look for.
        self.code =
            switch code {
            case .invalidClient: "Y0498A3A"
            case .invalidGrant: "Y0436E71"
            case .invalidToken: "Y04BC1A5"
            default: "Y04FF0D0"
            }
    }

    func response(_ context: ServingContext) -> Response {
        var writer = JSONWriter(reserving: 256)
        writer.object { writer in
            writer.member("error", error.code.rawValue)
            writer.member("error_description", error.description)
            writer.member(
                "error_uri",
                Self.documentation + "?"
                    + Form.encode([("code", code), ("id", "\(context.correlation)")]))
        }
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if error.code == .invalidToken { headers[.wwwAuthenticate] = error.challenge() }
        return JSONResponse(
            writer.bytes, status: HTTPResponse.Status(code: error.status), headers: headers
        ).response
    }
}
