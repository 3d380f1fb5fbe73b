import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Web

/// « Vous êtes déconnecté. » (J §3.11), with a link back to the teleservice that asked for it.
struct SignedOutPage: Page {
    /// Who asked for it.
    let client: RegisteredClient?
    /// A registered address of `client`.
    let target: String?

    var title: String { "Déconnexion" }

    var content: Markup {
        h1(text: title)
        Notice(.success, id: "signed-out", text: "Vous êtes déconnecté.")
        p(
            text: "Si vous utilisez un ordinateur partagé, fermez aussi toutes les fenêtres du "
                + "navigateur.")
        if let target, let client {
            p {
                a(
                    .class("button"), .href(registered: target), .id("continue"),
                    .rel("noreferrer"), text: "Revenir à «\u{A0}\(client.displayName)\u{A0}»")
            }
        } else {
            WayOn(to: client)
        }
    }
}

/// Asked when nothing proves that the person themselves wanted to sign out.
struct SignOutQuestionPage: Page {
    let form: StepForm
    /// Who asks.
    let client: RegisteredClient?
    /// Who is signed in.
    let person: String?
    var keepsForm: Bool { true }

    var title: String { "Voulez-vous vous déconnecter\u{A0}?" }

    var content: Markup {
        h1(text: title)
        if let person { SignedInPerson(name: person) }
        if let client {
            p(text: "«\u{A0}\(client.displayName)\u{A0}» demande de vous déconnecter d'EduConnect.")
        }
        p(
            text:
                "Les services ouverts avec EduConnect en sont prévenus. Si l'un d'eux reste ouvert, "
                + "déconnectez-vous aussi de celui-ci.")
        PostForm(action: form.action, id: "sign-out-form", hidden: form.hidden) {
            ButtonRow { SubmitButton("Se déconnecter", id: "sign-out") }
        }
        WayOn(to: client, label: "Rester connecté")
    }
}

/// The page of a logout request that can't be granted as it was asked.
struct LogoutFailurePage: Page {
    let failure: LogoutFailure

    var title: String { "Cette demande de déconnexion n'est pas valable" }

    private var explanation: String {
        switch failure {
        case .unknownHint:
            "Le jeton qui l'accompagne (paramètre id_token_hint) n'a pas été émis par EduConnect."
        case .otherClient:
            "Le jeton qui l'accompagne (paramètre id_token_hint) a été émis pour un autre téléservice."
        case .unknownRedirectURI:
            "L'adresse de retour (paramètre post_logout_redirect_uri) n'est pas l'une de celles que "
                + "le téléservice a enregistrées."
        }
    }

    var content: Markup {
        h1(text: title)
        Notice(.error, id: "page-error") {
            p(text: explanation)
            p(text: "Vous n'avez pas été déconnecté.")
        }
        ButtonRow {
            // Without the request's own parameters: the question, if anybody is signed in.
            LinkButton(
                "Se déconnecter d'EduConnect", href: EndSessionEndpoint.path, id: "sign-out",
                kind: .primary)
        }
        WayOn(to: nil)
    }
}
