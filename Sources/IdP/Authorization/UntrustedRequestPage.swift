import Flow
import HTML
import Parents
import Serving
import Web

/// The error page of a request that can't be sent back: it names the cause in plain words, for the
/// person and for the engineer of the teleservice (conformance: error pages are read by people).
struct UntrustedRequestPage: Page {
    let cause: UntrustedRequest
    /// Whose request it claims to be.
    let client: RegisteredClient?
    let reference: CorrelationID

    var title: String { "Cette demande de connexion n'est pas valable" }

    private var explanation: String {
        switch cause {
        case .repeatedParameter(let name): "Le paramètre \(name) y figure plusieurs fois."
        case .missingClient: "Elle ne dit pas quel téléservice la fait (paramètre client_id)."
        case .unknownClient: "Le téléservice qui la fait n'est pas connu (paramètre client_id)."
        case .missingRedirectURI:
            "Elle ne dit pas à quelle adresse répondre (paramètre redirect_uri)."
        case .unknownRedirectURI:
            "L'adresse de retour (paramètre redirect_uri) n'est pas l'une de celles que le "
                + "téléservice a enregistrées."
        }
    }

    var content: Markup {
        h1(text: title)
        Notice(.error, id: "page-error") {
            p(text: explanation)
            p(text: "Revenez au téléservice et recommencez. Si cela se reproduit, prévenez-le.")
        }
        WayOn(to: client)
        SupportReference(reference, contact: PublicPage.contact)
    }
}

extension UntrustedRequest {
    /// As the log names it: nothing that the request says.
    var label: String {
        switch self {
        case .repeatedParameter: "repeated parameter"
        case .missingClient: "no client_id"
        case .unknownClient: "unknown client_id"
        case .missingRedirectURI: "no redirect_uri"
        case .unknownRedirectURI: "unregistered redirect_uri"
        }
    }
}
