import HTML
import Serving
import Web

/// C-5a: the link was opened, and nothing has changed yet.
struct ConfirmationPage: Page {
    let form: StepForm
    /// In the browser that asked for the mail.
    let postsItself: Bool

    var title: String { "CONFIRMATION DE VOTRE ADRESSE MAIL" }

    var content: Markup {
        h1(text: title)
        p(.class("lead"), text: "Validez pour activer votre compte.")
        PostForm(action: form.action, id: "form-post", hidden: form.hidden) {
            ButtonRow { SubmitButton("VALIDER", id: "validate") }
        }
        if postsItself { script(.src(StaticFiles.submitScript.path), .defer) }
    }
}

/// C-5, and what is said of a link that serves no more.
struct ConfirmationEndPage: Page {
    enum Outcome: Sendable {
        case activated, alreadyActive, void
    }

    let outcome: Outcome
    /// Where « Se connecter » leads.
    let wayOn: String

    var title: String {
        switch outcome {
        case .activated: "Compte activé\u{A0}!"
        case .alreadyActive, .void: "CONFIRMATION DE VOTRE ADRESSE MAIL"
        }
    }

    var content: Markup {
        h1(text: title)
        switch outcome {
        case .activated:
            Notice(
                .success, id: "activated",
                text:
                    "Votre compte a bien été activé. Vous pouvez maintenant accéder à vos services "
                    + "en ligne.")
        case .alreadyActive:
            Notice(.information, id: "already-active", text: "Votre compte est déjà activé.")
        case .void:
            Notice(
                .error, id: "void-link",
                text: "Ce lien n'est plus valable. Connectez-vous pour recevoir un nouveau mail de "
                    + "confirmation.")
        }
        ButtonRow { LinkButton("Se connecter", href: wayOn, id: "sign-in", kind: .primary) }
        NeedHelp(.mailNotFound)
    }
}
