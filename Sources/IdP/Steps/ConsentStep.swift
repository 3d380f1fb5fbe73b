import FoundationEssentials
import Flow
import HTML
import Serving
import Store
import Tokens
import Web

/// Asks a signed-in person whether a teleservice may have what it asks for. Shown only for clients
/// that the operator registered so, and for `prompt=consent` (D9).
struct ConsentStep: AuthenticationStep {
    static let id = StepID.consent

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        ConsentPage(
            form: context.form, teleservice: context.client.displayName,
            host: interaction.purpose.request.target.uri.origin ?? "",
            scope: interaction.purpose.request.scope)
    }

    /// The button is the answer; the scopes are those of the frozen request, whatever the form says.
    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let scope = interaction.purpose.request.scope
        return Transition(facts: [.decided(.consented(scope), at: context.now)])
    }
}

/// Names the teleservice and its host, and says in plain words what each scope gives (SR-13).
struct ConsentPage: Page {
    let form: StepForm
    let teleservice: String
    let host: String
    let scope: Scope

    var title: String { "Autoriser « \(teleservice) » ?" }

    var content: Markup {
        h1(text: title)
        p(.class("lead"), text: "Ce service (\(host)) demande à recevoir :")
        ul(.id("scopes")) {
            for name in scope.values {
                if let words = Self.words[name] { li(text: words) }
            }
        }
        PostForm(action: form.action, id: "consent-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton("Autoriser", id: "allow")
                SubmitButton(
                    "Refuser", id: "cancel", kind: .secondary, name: StepField.action,
                    value: StepField.cancel)
            }
        }
    }

    private static let words = [
        Scope.openID: "un identifiant qui lui est propre, pour vous reconnaître",
        "profile": "votre nom, votre prénom et votre civilité",
        "email": "votre adresse mail",
        "phone": "votre numéro de téléphone portable",
        "address": "votre adresse postale",
        "scolarite": "le prénom, le nom, la classe et l'école de vos enfants",
        "educonnect": "votre qualité de responsable d'élève",
        Scope.offlineAccess: "l'accès à ces informations en votre absence, jusqu'à 180 jours",
    ]
}
