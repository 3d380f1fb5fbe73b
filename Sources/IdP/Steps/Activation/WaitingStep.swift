import Flow
import HTML
import Serving
import Web

/// C-4: the mail is on its way, and nobody is signed in (J-C-27 to J-C-29, J-C-35). « VALIDER » leads to
/// SIGN-1, which shows by itself whether the link was followed.
struct WaitingStep: AuthenticationStep {
    static let id = StepID.waiting

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        WaitingPage(form: context.form)
    }
}

struct WaitingPage: Page {
    let form: StepForm

    var title: String { "COMPTE EN ATTENTE DE VALIDATION" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        p(
            .class("lead"),
            text:
                "Pour utiliser votre compte, ouvrez maintenant le mail que vous venez de recevoir "
                + "et suivez les instructions.")
        p(
            text: "Si vous n'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "
                + "\"spams\".")
        p(text: "Regardez aussi dans la corbeille de votre messagerie.")
        PostForm(action: form.action, id: "waiting-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton(
                    "VALIDER", id: "validate", name: StepField.action, value: StepField.restart)
            }
        }
        NeedHelp(.mailNotFound)
    }
}
