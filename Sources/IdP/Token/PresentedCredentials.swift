import Tokens

/// What a request brings to show which client it comes from. Nothing in it has been checked yet.
///
/// Source: RFC 6749 §2.3, RFC 7521 §4.2, OpenID Connect Core §9.
enum PresentedCredentials: Sendable {
    case basic(clientID: String, Secret)
    case post(clientID: String, Secret)
    case assertion(clientID: String, UnverifiedJWS)
    /// A public client only says its name.
    case name(clientID: String)

    var clientID: String {
        switch self {
        case .basic(let id, _), .post(let id, _), .assertion(let id, _), .name(let id): id
        }
    }

    var method: ClientMetadata.AuthenticationMethod {
        switch self {
        case .basic: .clientSecretBasic
        case .post: .clientSecretPost
        case .assertion: .privateKeyJWT
        case .name: .none
        }
    }

    /// Reads them. Exactly one method may be used (RFC 6749 §2.3), and every name of a client in the
    /// request must be the same (SR-19).
    init(_ form: Form, authorization: String?) throws(OAuthError) {
        let named = form.parameter("client_id")
        let secret = form.parameter("client_secret")
        let assertion = form.parameter("client_assertion")
        let methods = [authorization != nil, secret != nil, assertion != nil].count { $0 }
        guard methods <= 1 else {
            throw OAuthError(.invalidRequest, "More than one method of client authentication")
        }
        if let authorization {
            self = try Self.basic(authorization)
        } else if let secret, let named {
            self = .post(clientID: named, Secret(secret))
        } else if let assertion {
            self = try Self.assertion(assertion, type: form.parameter("client_assertion_type"))
        } else if let named {
            self = .name(clientID: named)
        } else {
            throw OAuthError(.invalidClient, "The request names no client")
        }
        guard named == nil || named == clientID else {
            throw OAuthError(.invalidClient, "client_id is not the client that authenticates")
        }
    }

    private static func basic(_ authorization: String) throws(OAuthError) -> Self {
        switch AuthorizationHeader(authorization) {
        case .basic(let clientID, let secret):
            return .basic(clientID: clientID, secret)
        case .malformed(.basic):
            throw OAuthError(.invalidClient, "The Basic credentials can not be read")
        case .bearer, .malformed(.bearer), .other:
            throw OAuthError(.invalidClient, "The Authorization header must be of the scheme Basic")
        }
    }

    private static func assertion(_ text: String, type: String?) throws(OAuthError) -> Self {
        guard type == ClientAssertion.type else {
            throw OAuthError(
                .invalidClient, "client_assertion_type must be \(ClientAssertion.type)")
        }
        do throws(JWTError) {
            let jws = try JWS.parse(text)
            return .assertion(clientID: try ClientAssertion.unverifiedSubject(of: jws), jws)
        } catch {
            throw ClientAssertion.refusal(error)
        }
    }
}
