import Flow
import HTML
import Web

/// B-1, « Je crée mon compte » (J-B-04 to J-B-11).
struct IdentityPage: Page {
    enum Message {
        case notRecognised
        case alreadyActive
        case tooMany(TooManyCodes)
    }

    private let form: StepForm
    private let entry: EnrolmentEntry
    private let message: Message?
    private let signIn: String
    private let withoutPhone: String

    init(_ entry: EnrolmentEntry, _ context: StepContext, _ message: Message? = nil) {
        form = context.form
        self.entry = entry
        self.message = message
        signIn = context.path(to: .password)
        withoutPhone = context.path(to: .withoutPhone)
    }

    private static let heading = "Je crée mon compte"

    var title: String {
        title(Self.heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        notice
        entry.errors.summary(EnrolmentEntry.label)
        PostForm(action: form.action, id: "identity-form", hidden: form.hidden) {
            TextField(
                label: EnrolmentEntry.label(EnrolmentEntry.Field.lastName),
                name: EnrolmentEntry.Field.lastName, value: entry.lastName,
                error: entry.errors[EnrolmentEntry.Field.lastName], autocomplete: .familyName,
                isAutofocused: entry.errors.isFocused(
                    EnrolmentEntry.Field.lastName, otherwise: true),
                maxlength: EnrolmentEntry.lengthMax)
            TextField(
                label: EnrolmentEntry.label(EnrolmentEntry.Field.firstName),
                name: EnrolmentEntry.Field.firstName, value: entry.firstName,
                error: entry.errors[EnrolmentEntry.Field.firstName], autocomplete: .givenName,
                isAutofocused: entry.errors.isFocused(EnrolmentEntry.Field.firstName),
                maxlength: EnrolmentEntry.lengthMax)
            entry.numberField(isFirst: false)
            RequiredNote()
            ButtonRow {
                SubmitButton("Recevoir mon code SMS", id: "send-code")
                CancelButton()
            }
        }
        LinkList([
            a(
                .href(withoutPhone), .id("without-phone"),
                text: "Je ne souhaite pas utiliser de téléphone portable")
        ])
        NeedHelp(.wrongMobileNumber)
    }

    @MarkupBuilder private var notice: Markup {
        switch message {
        case nil: Markup.empty
        case .notRecognised:
            Notice(
                .error,
                text: "Les informations saisies ne permettent pas de poursuivre l'inscription par "
                    + "SMS. Veuillez vérifier les données saisies ou contactez votre établissement "
                    + "scolaire.")
        case .alreadyActive:
            Notice(.error) {
                p(text: Interaction.Notice.alreadyActiveWords)
                LinkButton("Me connecter", href: signIn, id: "to-sign-in")
            }
        case .tooMany(let notice): notice
        }
    }
}

extension Interaction.Notice {
    static let alreadyActiveWords =
        "Un compte EduConnect est déjà créé à partir de ces données. Vous pouvez vous connecter avec "
        + "FranceConnect ou avec vos identifiants EduConnect."
}
