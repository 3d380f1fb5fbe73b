import Flow
import HTML
import Serving
import Web

/// REG-1, « Recherchez le compte » (J-R-02, J-R-03, J-R-05).
struct RegroupingSearchPage: Page {
    enum Message {
        case emptyField
        case wrong
        case closed
        case provisionalExpired
        case sameAccount
        case otherName
        case tooMany(Wait)
    }

    let form: StepForm
    let identifier: String
    let message: Message?
    /// The names of fields that were left empty.
    let missing: [String]
    var flash: Flash?

    private static let heading = "Recherchez le compte"
    private static let noticeID = "regrouping-error"

    var title: String { title(Self.heading, hasError: message != nil) }

    var content: Markup {
        h1(text: Self.heading)
        if let flash { flash.notice }
        p(
            .class("lead"),
            text:
                "Saisissez ici l'identifiant et le mot de passe du compte que vous souhaitez regrouper "
                + "avec votre compte actuel.")
        p(
            .class("hint"),
            text:
                "Si l'autre compte n'est pas encore activé, utilisez l'identifiant et le mot de passe "
                + "provisoire du courrier de l'école.")
        PostForm(action: form.action, id: "regrouping-form", hidden: form.hidden) {
            if let text = message.flatMap(words) {
                Notice(.error, id: Self.noticeID, text: text)
            }
            TextField(
                label: "identifiant", name: PasswordEntry.Field.identifier, value: identifier,
                error: error(PasswordEntry.Field.identifier), errorAbove: errorAbove,
                isAutofocused: true, maxlength: PasswordEntry.identifierMax)
            PasswordField(
                label: "mot de passe", name: PasswordEntry.Field.password,
                hint: "Provisoire ou choisi par vous.", error: error(PasswordEntry.Field.password),
                errorAbove: errorAbove, autocomplete: .off)
            RequiredNote()
            ButtonRow {
                SubmitButton("Suivant", id: "find-account")
                LinkButton("Annuler", href: OwnPage.children.path, id: "cancel", kind: .quiet)
            }
        }
    }

    private func error(_ field: String) -> String? {
        guard case .emptyField? = message, missing.contains(field) else { return nil }
        return FieldWords.required
    }

    /// One message for both fields, since it doesn't tell which of them is wrong.
    private var errorAbove: String? {
        guard case .wrong? = message else { return nil }
        return Self.noticeID
    }

    private func words(_ message: Message) -> String? {
        switch message {
        case .emptyField: nil
        case .wrong: "Identifiant ou mot de passe incorrect."
        case .closed: "Ce compte n'est plus utilisable."
        case .provisionalExpired: FieldWords.provisionalExpired
        case .sameAccount: "Vous êtes déjà connecté avec ce compte."
        case .otherName:
            "Ces deux comptes ne sont pas au même nom. Contactez le directeur d'école."
        case .tooMany(let wait): wait.tooManyAttempts
        }
    }
}
