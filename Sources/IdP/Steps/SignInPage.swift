import Flow
import HTML
import Parents
import Serving
import Web

/// SIGN-1, and SIGN-2 where `explainsOtherWays`: « J'accède aux services en ligne des établissements
/// scolaires » (J-S-01 to J-S-13, J-S-20).
///
/// FranceConnect stands first and apart, as its rules ask of a public service.
struct SignInPage: Page {
    enum Message {
        case wrong
        case emptyField
        case closed
        case provisionalExpired
        case tooManyAttempts(Wait)
    }

    let form: StepForm
    /// Who asks, so that nobody signs in for a service they did not mean.
    let teleservice: String
    var doors: [UpstreamDoor] = []
    /// The provider that notices are about; nil where it could be one of several.
    var provider: String?
    /// Where a provider's button posts to.
    var upstreamForm: StepForm
    /// « Je n'ai pas de compte ».
    var enrolment: String
    /// « Identifiant perdu ».
    var forgottenIdentifier: String
    /// « Mot de passe perdu ».
    var lostPassword: String
    var identifier = ""
    var message: Message?
    var notice: Interaction.Notice?
    /// The names of fields that were left empty.
    var missing: [String] = []
    var explainsOtherWays = false
    var heading = Policy.Screens.SignInHeading.eduConnect

    private static let question = "J'accède aux services en ligne des établissements scolaires"
    private static let noticeID = "sign-in-error"

    var title: String { title(Self.question, hasError: message != nil) }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.question)
        if let notice { NoticeBox(notice, provider: provider) }
        p(.class("lead"), text: "Pour continuer vers «\u{A0}\(teleservice)\u{A0}».")
        if explainsOtherWays { WithoutPhoneExplanation() }
        for door in doors {
            UpstreamEntrance(door: door, form: upstreamForm)
            Separator("OU")
        }
        identifiers
        Separator("OU")
        p { a(.href(enrolment), .id("no-account"), text: "Je n'ai pas de compte") }
    }

    private var identifiers: Markup {
        PostForm(action: form.action, id: "sign-in-form", hidden: form.hidden) {
            h2(text: identifiersHeading)
            // Beside the fields, where the focus is: on a telephone the top of the page is out of sight.
            if let text = message.flatMap({ words($0) }) {
                Notice(.error, id: Self.noticeID, text: text)
            }
            TextField(
                label: "Identifiant", name: PasswordStep.Field.identifier, value: identifier,
                error: error(PasswordStep.Field.identifier),
                errorAbove: errorAbove, placeholder: "Saisissez un identifiant",
                autocomplete: .username, isAutofocused: identifier.isEmpty)
            PasswordField(
                label: "Mot de passe", name: PasswordStep.Field.password,
                error: error(PasswordStep.Field.password), errorAbove: errorAbove,
                placeholder: "Saisissez un mot de passe", isAutofocused: !identifier.isEmpty)
            RequiredNote()
            ButtonRow {
                SubmitButton("Se connecter", id: "sign-in")
                CancelButton()
            }
            LinkList([
                a(
                    .href(forgottenIdentifier), .id("forgotten-identifier"),
                    text: "Identifiant perdu"),
                a(.href(lostPassword), .id("lost-password"), text: "Mot de passe perdu"),
            ])
        }.markup
    }

    private var identifiersHeading: String {
        switch heading {
        case .eduConnect: "J'utilise mes identifiants EduConnect"
        case .nationalEducation: "J'utilise mes identifiants Éducation Nationale"
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
        case .closed:
            "Ce compte n'est plus utilisable. Connectez-vous avec votre compte principal."
        case .provisionalExpired: FieldWords.provisionalExpired
        case .tooManyAttempts(let wait): wait.tooManyAttempts
        }
    }
}

/// SIGN-2: how to obtain an account without a mobile phone (J-S-20, J-A-08, J-B-08).
struct WithoutPhoneExplanation: Component {
    var markup: Markup {
        Notice(
            .information, title: "Sans téléphone portable", id: "without-phone",
            text:
                "Pour obtenir un compte EduConnect sans téléphone portable, contactez le directeur "
                + "de l'école de votre enfant\u{A0}: il vous transmettra un identifiant et un mot de "
                + "passe provisoire.")
    }
}
