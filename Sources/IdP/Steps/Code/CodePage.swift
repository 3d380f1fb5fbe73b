import Flow
import HTML
import Parents
import Web

/// A-5, B-2, the second half of SIGN-3, and A-5 of a lost password: where the code goes (J-A-11, J-B-13, J-B-14).
struct CodePage: Page {
    let form: StepForm
    let heading: String
    /// What the SMS calls it.
    var kind = CodeSending.Kind.activation
    /// Where the code goes; whoever typed it, the screen looks the same (security.md 4.4).
    let number: MobileNumber?
    /// How long the code is good.
    let minutes: Int64
    /// Where the code is asked for again, and what that link says.
    let again: String
    let againText: String
    /// Said where it is not told whether a code was sent.
    var isNeutral = false
    let help: HelpTopic
    /// « ANNULER » leads to SIGN-1, where it is not the teleservice that is given up.
    var restarts = false
    var error: String?

    private var label: String {
        "J'indique le \(kind.rawValue) reçu par SMS (code valable \(minutes)min)"
    }

    private var sent: String {
        let code =
            "n code vient d'être envoyé par SMS" + (number.map { " au \($0.onOneLine)" } ?? "")
            + "."
        guard isNeutral else { return "U" + code }
        return "Si les informations saisies sont celles que connaît l'établissement scolaire, u"
            + code
    }

    var title: String { title(heading, hasError: error != nil) }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: heading)
        p(.id("code-sent"), text: sent)
        if let error {
            ErrorSummary([.init(field: CodeEntry.field, label: label, message: error)])
        }
        PostForm(action: form.action, id: "code-form", hidden: form.hidden) {
            TextField(
                label: label, name: CodeEntry.field, error: error, autocomplete: .oneTimeCode,
                inputmode: .numeric, isAutofocused: true, maxlength: CodeEntry.byteCountMax)
            RequiredNote()
            ButtonRow {
                SubmitButton("Continuer", id: "continue")
                if restarts { RestartButton() } else { CancelButton() }
            }
        }
        LinkList([a(.href(again), .id("code-again"), text: againText)])
        p(.class("hint")) {
            "Un SMS peut mettre quelques minutes à arriver. "
            HelpLink(
                .codeNotReceived, id: "code-help", text: "Que faire si le code n'arrive pas\u{A0}?")
        }
        NeedHelp(help)
    }
}

extension MobileNumber {
    /// « 06 ** ** ** 06 », which no line breaks.
    var onOneLine: String { masked.replacing(" ", with: "\u{A0}") }
}

/// Why a screen can't go on, with « Réessayer »: a wrong code, or one that is void (J-A-13 to J-A-15,
/// J-B-17, J-B-18).
struct RetryPage: Page {
    let heading: String
    let message: String
    /// Where « Réessayer » leads.
    let retry: String
    let help: HelpTopic

    static let wrongCode = "Le code saisi est incorrect. Veuillez le saisir à nouveau."
    static let voidCodeToAskAnew =
        "Le code saisi n'est plus valable. Veuillez en demander un nouveau."
    /// Where it must not be told which: only a real person's code can have been replaced.
    static let refusedCode =
        "Le code saisi est incorrect ou n'est plus valable. Vérifiez-le, ou demandez un nouveau "
        + "code."
    static let voidCode =
        "Le code saisi n'est plus valable. Veuillez recommencer la saisie de votre numéro de "
        + "téléphone."

    var title: String { title(heading, hasError: true) }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: heading)
        Notice(.error, text: message)
        ButtonRow { LinkButton("Réessayer", href: retry, id: "retry", kind: .primary) }
        NeedHelp(help)
    }
}
