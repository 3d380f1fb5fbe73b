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

    private static let heading = "J'accède aux services en ligne des établissements scolaires"
    private static let noticeID = "sign-in-error"

    var title: String { message == nil ? Self.heading : "Erreur – \(Self.heading)" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        p(.class("lead"), text: "Pour continuer vers «\u{A0}\(teleservice)\u{A0}».")
        if let notice { Notice(.error, id: Self.noticeID, text: notice) }
        PostForm(action: form.action, id: "sign-in-form", hidden: form.hidden) {
            h2(text: "J'utilise mes identifiants EduConnect")
            TextField(
                label: "Identifiant", name: PasswordStep.Field.identifier, value: identifier,
                error: error(PasswordStep.Field.identifier),
                errorAbove: errorAbove, placeholder: "Saisissez un identifiant",
                autocomplete: .username, isAutofocused: identifier.isEmpty)
            PasswordField(
                label: "Mot de passe", name: PasswordStep.Field.password,
                error: error(PasswordStep.Field.password), errorAbove: errorAbove,
                placeholder: "Saisissez un mot de passe", isAutofocused: !identifier.isEmpty)
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

    /// One message for both fields, since it doesn't tell which of them is wrong.
    private var errorAbove: String? {
        guard case .wrong? = message else { return nil }
        return Self.noticeID
    }

    private var notice: String? {
        switch message {
        case nil, .emptyField: nil
        case .wrong: "Identifiant ou mot de passe incorrect."
        case .closed:
            "Ce compte n'est plus utilisable. Connectez-vous avec votre compte principal."
        case .notActivated:
            "Ce compte n'est pas encore activé. Contactez le directeur de l'école ou le chef d'établissement."
        case .tooManyAttempts(let minutes):
            "Trop de tentatives. Réessayez dans \(minutes) minute\(minutes > 1 ? "s" : "")."
        }
    }
}
