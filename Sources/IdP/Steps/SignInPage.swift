import HTML
import Serving
import Web

/// SIGN-1: « J'accède aux services en ligne des établissements scolaires » (J-S-01, J-S-05 to J-S-08,
/// J-S-12, J-S-13). What leads to the other journeys appears with them.
struct SignInPage: Page {
    enum Message {
        case wrong
        case emptyField
        case closed
        case notActivated
        case tooManyAttempts(minutes: Int)
    }

    let form: StepForm
    /// Who asks, so that nobody signs in for a service they did not mean.
    let teleservice: String
    var identifier = ""
    var message: Message?
    /// The names of fields that were left empty.
    var missing: [String] = []

    var title: String { "J'accède aux services en ligne des établissements scolaires" }

    var content: Markup {
        h1(text: title)
        p(.class("lead"), text: "Pour continuer vers « \(teleservice) ».")
        if let notice { Notice(.error, id: "sign-in-error", text: notice) }
        PostForm(action: form.action, id: "sign-in-form", hidden: form.hidden) {
            h2(text: "J'utilise mes identifiants EduConnect")
            TextField(
                label: "Identifiant", name: PasswordStep.Field.identifier, value: identifier,
                error: error(PasswordStep.Field.identifier),
                placeholder: "Saisissez un identifiant",
                autocomplete: .username, isAutofocused: identifier.isEmpty)
            PasswordField(
                label: "Mot de passe", name: PasswordStep.Field.password,
                error: error(PasswordStep.Field.password), placeholder: "Saisissez un mot de passe")
            ButtonRow {
                SubmitButton("Se connecter", id: "sign-in")
                SubmitButton(
                    "Annuler", id: "cancel", kind: .quiet, name: StepField.action,
                    value: StepField.cancel)
            }
        }
    }

    private func error(_ field: String) -> String? {
        guard case .emptyField? = message, missing.contains(field) else { return nil }
        return "Champ obligatoire"
    }

    private var notice: String? {
        switch message {
        case nil, .emptyField: nil
        case .wrong: "Identifiant ou mot de passe incorrect."
        case .closed:
            "Ce compte n'est plus utilisable. Connectez-vous avec votre compte principal."
        case .notActivated:
            "Ce compte n'est pas encore activé. Contactez le directeur d'école."
        case .tooManyAttempts(let minutes):
            "Trop de tentatives. Réessayez dans \(minutes) minute\(minutes > 1 ? "s" : "")."
        }
    }
}
