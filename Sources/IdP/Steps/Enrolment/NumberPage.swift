import Flow
import HTML
import Parents
import Web

/// A-4, « J'active mon compte », and B-1, « Je crée mon compte » (J-A-06 to J-A-09, J-B-04 to J-B-11).
struct NumberPage: Page {
    enum Message {
        case notRecognised
        case alreadyActive
        case tooMany(TooManyCodes)
    }

    private let form: StepForm
    private let entry: EnrolmentEntry
    private let asksNames: Bool
    private let message: Message?
    private let signIn: String
    private let withoutPhone: String

    /// - Parameter asksNames: B-1 does.
    init(
        _ entry: EnrolmentEntry, asksNames: Bool, _ context: StepContext, _ message: Message? = nil
    ) {
        form = context.form
        self.entry = entry
        self.asksNames = asksNames
        self.message = message
        signIn = context.path(to: .password)
        withoutPhone = context.path(to: .withoutPhone)
    }

    private typealias Field = EnrolmentEntry.Field

    /// From the number on.
    static let activation = "J'active mon compte"

    private var heading: String { asksNames ? "Je crée mon compte" : Self.activation }

    var title: String {
        title(heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: heading)
        notice
        entry.errors.summary(EnrolmentEntry.label)
        PostForm(
            action: form.action, id: asksNames ? "identity-form" : "mobile-number-form",
            hidden: form.hidden
        ) {
            if asksNames {
                name(Field.lastName, entry.lastName, .familyName, isFirst: true)
                name(Field.firstName, entry.firstName, .givenName, isFirst: false)
            }
            entry.numberField(isFirst: !asksNames)
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

    private func name(
        _ field: String, _ value: String, _ autocomplete: Attribute.Autocomplete, isFirst: Bool
    ) -> TextField {
        TextField(
            label: EnrolmentEntry.label(field), name: field, value: value,
            error: entry.errors[field], autocomplete: autocomplete,
            isAutofocused: entry.errors.isFocused(field, otherwise: isFirst),
            maxlength: EnrolmentEntry.lengthMax)
    }

    @MarkupBuilder private var notice: Markup {
        switch message {
        case nil: Markup.empty
        case .notRecognised: Notice(.error, text: notRecognised)
        case .alreadyActive:
            Notice(.error) {
                p(text: Interaction.Notice.alreadyActiveWords)
                LinkButton("Me connecter", href: signIn, id: "to-sign-in")
            }
        case .tooMany(let notice): notice
        }
    }

    private var notRecognised: String {
        asksNames
            ? "Les informations saisies ne permettent pas de poursuivre l'inscription par SMS. "
                + "Veuillez vérifier les données saisies ou contactez votre établissement scolaire."
            : Self.unknownNumber
    }

    static let unknownNumber =
        "Le numéro de téléphone saisi n'est pas reconnu. Vérifiez votre saisie ou contactez votre "
        + "établissement scolaire afin de modifier vos informations personnelles."
}

extension Interaction.Notice {
    static let alreadyActiveWords =
        "Un compte EduConnect est déjà créé à partir de ces données. Vous pouvez vous connecter avec "
        + "FranceConnect ou avec vos identifiants EduConnect."
}
