import Flow
import HTML
import Parents
import Serving
import Web

/// C-4: the mail is on its way, and nobody is signed in (J-C-27 to J-C-29, J-C-35). « VALIDER » leads to
/// SIGN-1, which shows by itself whether the link was followed.
struct WaitingStep: AuthenticationStep {
    static let id = StepID.waiting

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        WaitingPage(
            form: context.lastingForm(of: Self.id, interaction), address: interaction.draft?.email)
    }
}

struct WaitingPage: Page {
    let form: StepForm
    /// Where the mail went.
    let address: String?

    var title: String { "COMPTE EN ATTENTE DE VALIDATION" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        p(
            .class("lead"),
            text:
                "Pour utiliser votre compte, ouvrez maintenant le mail que vous venez de recevoir "
                + "et suivez les instructions.")
        if let address {
            p {
                "Le mail a été envoyé à l'adresse "
                strong(.id("mail-address"), text: address)
                ". Si elle n'est pas la bonne, choisissez «\u{A0}VALIDER\u{A0}» et connectez-vous avec "
                "le mot de passe que vous avez choisi\u{A0}: vous pourrez la corriger."
            }
        }
        JunkAdvice()
        p(text: "Regardez aussi dans la corbeille de votre messagerie.")
        ReadForm(form: form, id: "waiting-form")
        NeedHelp(.mailNotFound)
    }
}
