import Flow
import HTML
import Messages
import Parents
import Serving
import Web

/// ID-1, « IDENTIFIANT OUBLIÉ » (J-I-02, J-I-08 to J-I-11).
struct ForgottenIdentifierPage: Page {
    enum Message {
        case unknown
        case tooMany(Wait)
    }

    private let form: StepForm
    private let entry: ForgottenIdentifierEntry
    private let message: Message?

    init(
        _ context: StepContext, _ entry: ForgottenIdentifierEntry = ForgottenIdentifierEntry(),
        _ message: Message? = nil
    ) {
        form = context.form
        self.entry = entry
        self.message = message
    }

    static let heading = "IDENTIFIANT OUBLIÉ"

    var title: String {
        title(Self.heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        entry.errors.summary(ForgottenIdentifierEntry.label)
        notice
        PostForm(action: form.action, id: "mail-form", hidden: hidden(.mail)) {
            h2(text: "Je saisis mon adresse mail")
            p(
                .class("hint"),
                text: "Votre identifiant vous est rappelé par mail, à l'adresse que vous avez "
                    + "confirmée.")
            TextField(
                label: ForgottenIdentifierEntry.label(ForgottenIdentifierEntry.emailField),
                name: ForgottenIdentifierEntry.emailField, value: entry.email,
                error: entry.errors[ForgottenIdentifierEntry.emailField],
                placeholder: "Saisissez votre adresse mail", type: .email, autocomplete: .email,
                inputmode: .email,
                isAutofocused: entry.errors.isFocused(
                    ForgottenIdentifierEntry.emailField, otherwise: entry.channel == .mail),
                maxlength: MailAddress.byteCountMax)
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                RestartButton()
            }
        }
        Separator("OU")
        PostForm(action: form.action, id: "sms-form", hidden: hidden(.sms)) {
            h2(text: "Je saisis mon numéro de téléphone portable")
            p(
                .class("hint"),
                text: "Votre identifiant vous est rappelé par SMS, si votre compte est activé.")
            entry.number.numberField(isFirst: entry.channel == .sms)
            ButtonRow { SubmitButton("VALIDER", id: "validate-sms", kind: .secondary) }
        }
        RequiredNote()
        OtherHelp()
    }

    private func hidden(_ channel: RecoveryChannel) -> [HiddenField] {
        form.hidden + [HiddenField(name: RecoveryChannel.field, value: channel.rawValue)]
    }

    @MarkupBuilder private var notice: Markup {
        switch (message, entry.channel) {
        case (nil, _): Markup.empty
        case (.tooMany(let wait), _): Notice(.error, text: wait.tooManyAttempts)
        case (.unknown, .mail):
            // Causes: J-I-09.
            Notice(
                .information, id: "causes",
                text:
                    "Vérifiez votre saisie. Une adresse mail n'est reconnue que si votre compte est "
                    + "activé et si vous avez confirmé cette adresse.")
        case (.unknown, .sms): Notice(.error, text: NumberPage.unknownNumber)
        }
    }
}

/// ID-2: the reminder is on its way (J-I-05, J-I-07).
struct IdentifierSentStep: AuthenticationStep {
    static let id = StepID.identifierSent

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let address: String? =
            if case .identifierMailed(let address)? = interaction.recovery { address } else { nil }
        return IdentifierSentPage(
            form: context.lastingForm(of: Self.id, interaction), address: address,
            isNeutral: context.desk.policy.answersNeutrally)
    }
}

struct IdentifierSentPage: Page {
    let form: StepForm
    /// As it was typed; nil after an SMS.
    let address: String?
    let isNeutral: Bool

    var title: String { ForgottenIdentifierPage.heading }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        Notice(isNeutral ? .information : .success, id: "identifier-sent") {
            if let address {
                p {
                    mailed + " "
                    strong(.id("mail-address"), text: address)
                }
            } else {
                p(text: texted)
            }
        }
        if address != nil { JunkAdvice() }
        ReadForm(form: form, id: "identifier-sent-form")
        OtherHelp()
    }

    private var mailed: String {
        isNeutral
            ? "Si un compte activé a confirmé cette adresse, un email rappelant votre identifiant y a "
                + "été envoyé\u{A0}:"
            : "Un email rappelant votre identifiant vous a été envoyé à l'adresse suivante\u{A0}:"
    }

    private var texted: String {
        isNeutral
            ? "Si ce numéro est celui d'un compte activé, un SMS rappelant votre identifiant vous a été "
                + "envoyé."
            : "Un SMS rappelant votre identifiant vous a été envoyé."
    }
}
