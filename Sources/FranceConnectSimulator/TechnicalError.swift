import HTML
import Hummingbird
import Serving

/// FranceConnect's refusals by their codes: those that it shows on a page of its own.
enum TechnicalError: String, Sendable, CaseIterable {
    /// A parameter of the authorization request is missing, unknown or malformed.
    case authorizeParameters = "Y030007"
    /// A malformed `claims`.
    case claims = "Y030028"
    /// `amr` asked for by a client that may not have it.
    case amrNotAllowed = "Y100009"
    case unknownClient = "Y04EA6EF"
    case redirectURI = "Y04C013C"
    case postLogoutRedirectURI = "Y04CFAEF"
    /// Another wrong parameter of a sign-out.
    case logoutParameters = "Y046CD1"
    case incompleteIdentity = "Y600006"
    case singleWeakEcho = "Y010004"
    case severalEchoes = "Y010006"
    case onlyWithMaritalName = "Y010007"
    case notFound = "Y010008"
    case registerUnreachable = "Y010011"
    case deceased = "Y010015"
    case accessDisabled = "Y180001"
    case sessionLost = "Y190001"

    var status: HTTPResponse.Status {
        switch self {
        case .authorizeParameters, .amrNotAllowed, .unknownClient, .redirectURI,
            .postLogoutRedirectURI, .logoutParameters, .incompleteIdentity:
            .badRequest
        case .claims: .internalServerError
        case .singleWeakEcho, .severalEchoes, .onlyWithMaritalName, .notFound, .deceased,
            .accessDisabled:
            .forbidden
        case .registerUnreachable: .gatewayTimeout
        case .sessionLost: .unauthorized
        }
    }

    /// What the client is told where the person takes the way back.
    var response: AuthorizationRefusal {
        switch self {
        case .singleWeakEcho, .severalEchoes, .onlyWithMaritalName, .notFound, .deceased,
            .accessDisabled, .incompleteIdentity, .sessionLost:
            AuthorizationRefusal("access_denied", "user authentication aborted")
        case .registerUnreachable:
            AuthorizationRefusal("temporarily_unavailable", Self.technical)
        case .authorizeParameters, .claims, .amrNotAllowed, .unknownClient, .redirectURI,
            .postLogoutRedirectURI, .logoutParameters:
            AuthorizationRefusal("server_error", Self.technical)
        }
    }

    private static let technical =
        "authentication aborted due to a technical error on the authorization server"

    var message: String {
        switch self {
        case .singleWeakEcho, .severalEchoes, .onlyWithMaritalName, .notFound:
            "Un problème lié à vos données d'identité empêche la connexion d'aboutir."
        case .incompleteIdentity:
            "Les informations sur votre identité sont incomplètes et ne permettent pas de vous "
                + "connecter à votre service."
        case .deceased:
            "Les identifiants utilisés correspondent à une identité qui ne permet plus la connexion."
        case .accessDisabled: "Votre accès a été désactivé."
        case .sessionLost:
            "Votre session a expiré ou est invalide. Revenez au service et recommencez."
        case .registerUnreachable: "Une erreur technique est survenue."
        case .authorizeParameters, .claims, .amrNotAllowed, .unknownClient, .redirectURI,
            .postLogoutRedirectURI, .logoutParameters:
            "Une erreur technique est survenue. Revenez au service et recommencez."
        }
    }
}

/// The page of a refusal, with its code; the way back to the client where it is known.
struct TechnicalErrorPage: Sendable {
    let error: TechnicalError
    let correlation: CorrelationID
    /// For whoever builds a client: what was wrong.
    var detail: String?
    /// The client's name and the form that leads back to it.
    var wayBack: (name: String, action: String)?

    func response(in layout: Layout) -> Response {
        PageResponse(inside(layout), status: error.status).response
    }

    private func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Accès impossible", width: .narrow) {
            h1(text: "Accès impossible")
            p(.class("lead"), text: error.message)
            p {
                "Code d'erreur\u{A0}: "
                code(.id("error-code"), text: error.rawValue)
            }
            p(.class("hint")) {
                "Identifiant de l'erreur\u{A0}: "
                code(.id("error-id"), text: "\(correlation)")
            }
            if let detail { p(.class("hint"), .id("error-detail"), text: detail) }
            if let wayBack {
                PostForm(action: wayBack.action, id: "give-up") {
                    SubmitButton("Revenir sur \(wayBack.name)", id: "back")
                }
            }
        }
    }
}
