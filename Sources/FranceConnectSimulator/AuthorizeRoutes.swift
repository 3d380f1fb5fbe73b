import HTTPTypes
import Hummingbird
import Logging
import Serving
import Tokens

/// A sign-in under way: at the client's request, in one browser.
struct Interaction: Sendable {
    let request: AuthorizationRequest
    /// The first browser that opened its page; another one can't go on with it.
    var browser: String?
    var person: SignedIn?
    /// Where the browser goes in the end: the client's address with the answer.
    var answer: String?
}

/// `/authorize`, by both methods.
struct AuthorizeRoutes: Sendable {
    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        let path = RouterPath(simulator.path("/authorize"))
        router.get(path) { request, context in
            authorize(
                try form { () throws(RequestFormError) in try RequestForm.query(request) }, context)
        }
        router.post(path) { request, context in
            do throws(RequestFormError) {
                return authorize(try await RequestForm.body(request, context), context)
            } catch {
                return authorize(nil, context)
            }
        }
    }

    /// Nil for what is no form: FranceConnect refuses it like any other wrong request.
    private func form(_ read: () throws(RequestFormError) -> Form) throws -> Form? { try? read() }

    private func authorize(_ form: Form?, _ context: ServingContext) -> Response {
        do throws(AuthorizationFailure) {
            guard let form else { throw .page(.authorizeParameters, "the request is no form") }
            let request = try AuthorizationRequest(form, clients: simulator.configuration.clients)
            // The page is opened by a GET of its own, which brings the cookies that a POST from
            // another site does not (SameSite=Lax).
            let name = simulator.interactions.insert(
                Interaction(request: request), for: Lifetime.session,
                at: simulator.environment.now(), random: simulator.environment.random)
            return Redirect.seeOther(simulator.path("/interaction/\(name)"))
        } catch {
            return answer(to: error, context)
        }
    }

    private func answer(to failure: AuthorizationFailure, _ context: ServingContext) -> Response {
        switch failure {
        case .page(let error, let detail):
            context.logger.info(
                "authorization request refused",
                metadata: [
                    "correlation": "\(context.correlation)", "code": "\(error.rawValue)",
                    "detail": "\(detail)",
                ])
            return TechnicalErrorPage(
                error: error, correlation: context.correlation, detail: detail
            ).response(in: simulator.layout)
        case .redirect(let refusal, let uri, let state):
            return Redirect.seeOther(
                AuthorizationAnswer.refused(refusal).url(uri, state: state, of: simulator))
        }
    }
}

/// The authorization response (RFC 6749 §4.1.2, RFC 9207).
enum AuthorizationAnswer: Sendable {
    case code(String)
    case refused(AuthorizationRefusal)

    /// The client's address with the answer.
    func url(_ redirectURI: String, state: String, of simulator: Simulator) -> String {
        let fault = simulator.conduct.misbehaviour(at: .response)
        var parameters: [(String, String)]
        switch Self.replaced(by: fault) ?? self {
        case .code(let code): parameters = [("code", code)]
        case .refused(let refusal):
            parameters = [("error", refusal.error), ("error_description", refusal.description)]
        }
        parameters.append(("state", fault == .otherState ? "other-" + state : state))
        switch fault {
        case .missingIssuer?: break
        case .otherIssuer?: parameters.append(("iss", "https://other.example.org"))
        default: parameters.append(("iss", simulator.configuration.issuer))
        }
        guard let uri = try? URIReference(redirectURI) else { return simulator.path("/") }
        return uri.appending(query: parameters)
    }

    private static func replaced(by fault: Misbehaviour?) -> AuthorizationAnswer? {
        let code: String
        switch fault {
        case .serverError?: code = "server_error"
        case .temporarilyUnavailable?: code = "temporarily_unavailable"
        case .accessDenied?: code = "access_denied"
        case .legacyError?: code = "E000000"
        default: return nil
        }
        return .refused(AuthorizationRefusal(code, "asked for by a test"))
    }
}
