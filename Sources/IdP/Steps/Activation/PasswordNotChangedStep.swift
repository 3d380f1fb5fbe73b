import Flow
import HTML
import Parents
import Serving
import Store
import Tokens
import Web

/// C-1: nothing opens before the password is the guardian's own (J-S-14, J-C-10, J-C-11, J-G-18).
struct PasswordNotChangedStep: AuthenticationStep {
    static let id = StepID.passwordNotChanged

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        PasswordNotChangedPage(form: context.form)
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        // Once is enough: an interaction doesn't grow with each press of the button (SR-66).
        if interaction.facts.haveOpenedActivation { return Transition() }
        return Transition(facts: [.decided(.openedActivation, at: context.now)])
    }
}

struct PasswordNotChangedPage: Page {
    let form: StepForm

    var title: String { "MOT DE PASSE NON CHANGÉ" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        p(
            .class("lead"),
            text: "Vous ne pouvez pas accéder à cette ressource avant d'avoir changé votre mot de "
                + "passe.")
        PostForm(action: form.action, id: "password-not-changed-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton("Gérer mon compte", id: "manage-account")
                CancelButton()
            }
        }
        NeedHelp(.firstSignIn)
    }
}
