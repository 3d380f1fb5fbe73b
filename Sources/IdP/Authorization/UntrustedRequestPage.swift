import Flow
import HTML
import Serving
import Web

/// The error page of a request that can't be sent back: it names the cause in plain words, for the
/// person and for the engineer of the teleservice (conformance: error pages are read by people).
struct UntrustedRequestPage: Page {
    let cause: UntrustedRequest

    init(_ cause: UntrustedRequest) {
        self.cause = cause
    }

    var title: String { "Cette demande de connexion n’est pas valable" }

    private var explanation: String {
        switch cause {
        case .repeatedParameter(let name): "Le paramètre \(name) y figure plusieurs fois."
        case .missingClient: "Elle ne dit pas quel téléservice la fait (paramètre client_id)."
        case .unknownClient: "Le téléservice qui la fait n’est pas connu (paramètre client_id)."
        case .missingRedirectURI:
            "Elle ne dit pas à quelle adresse répondre (paramètre redirect_uri)."
        case .unknownRedirectURI:
            "L’adresse de retour (paramètre redirect_uri) n’est pas l’une de celles que le "
                + "téléservice a enregistrées."
        }
    }

    var content: Markup {
        h1(text: title)
        Notice(.error, id: "page-error") {
            p(text: explanation)
            p(text: "Revenez au téléservice et recommencez. Si cela se reproduit, prévenez-le.")
        }
    }
}
