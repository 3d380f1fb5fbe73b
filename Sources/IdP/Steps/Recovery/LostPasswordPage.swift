import Flow
import HTML
import Parents
import Serving
import Web

/// PWD-1, « MOT DE PASSE OUBLIÉ » (J-X-02, J-X-03, J-X-09 to J-X-11, J-X-16 to J-X-18).
struct LostPasswordPage: Page {
    enum Message {
        case refused(RecoverySubject.Refusal)
        case tooMany(TooManyCodes)
    }

    let form: StepForm
    let doors: [UpstreamDoor]
    /// Where a provider's button posts to.
    let upstreamForm: StepForm
    let entry: LostPasswordEntry
    let message: Message?

    static let heading = "MOT DE PASSE OUBLIÉ"

    var title: String {
        title(Self.heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    private func label(_ field: String) -> String { "identifiant" }

    var content: Markup {
        h1(text: Self.heading)
        notice
        entry.errors.summary(label)
        for door in doors {
            UpstreamEntrance(door: door, form: upstreamForm)
            Separator("OU")
        }
        PostForm(action: form.action, id: "lost-password-form", hidden: form.hidden) {
            h2(text: "Je saisis mon identifiant")
            TextField(
                label: label(LostPasswordEntry.field), name: LostPasswordEntry.field,
                value: entry.typed, error: entry.errors[LostPasswordEntry.field],
                autocomplete: .username,
                isAutofocused: entry.errors.isFocused(LostPasswordEntry.field, otherwise: true),
                maxlength: PasswordEntry.identifierMax)
            FieldGroup(
                legend: "Je choisis mon nouveau mot de passe grâce à un message reçu",
                id: RecoveryChannel.field,
                hint: "Le mail est envoyé à l'adresse que vous avez confirmée, le SMS au numéro de "
                    + "téléphone portable que connaît l'école."
            ) {
                choice(.mail)
                choice(.sms)
            }
            RequiredNote()
            ButtonRow {
                SubmitButton("VALIDER", id: "validate")
                RestartButton()
            }
        }
        OtherHelp()
    }

    private func choice(_ channel: RecoveryChannel) -> Checkbox {
        Checkbox(
            label: channel.words, name: RecoveryChannel.field, value: channel.rawValue,
            id: RecoveryChannel.field + "-" + channel.rawValue,
            isChecked: entry.channel == channel, isRadio: true)
    }

    @MarkupBuilder private var notice: Markup {
        switch message {
        // Said at the field.
        case nil, .refused(.unknown): Markup.empty
        case .refused(.notReady):
            Notice(.error) {
                p(
                    text:
                        "Votre demande ne peut pas aboutir\u{A0}: votre compte n'est pas activé ou "
                        + "votre adresse mail n'a pas été validée.")
                p {
                    "Retrouvez le mail d'activation, suivez son lien, puis recommencez. "
                    HelpLink(
                        .mailNotFound, id: "mail-help", text: "Où le chercher\u{A0}?")
                }
            }
        case .refused(.noNumber):
            Notice(
                .error,
                text: "L'établissement scolaire ne connaît pas votre numéro de téléphone portable. "
                    + "Utilisez votre adresse mail ou contactez le directeur d'école.")
        case .refused(.sharedNumber):
            Notice(
                .error,
                text: "Ce numéro ne permet pas de réinitialiser votre mot de passe. Utilisez votre "
                    + "adresse mail ou contactez le directeur d'école.")
        case .tooMany(let notice): notice
        }
    }
}

/// PWD-2: the link is on its way (J-X-05 to J-X-07; journeys.md §6 no. 21).
struct ResetSentStep: AuthenticationStep {
    static let id = StepID.resetSent

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        let reference =
            if case .linkMailed(let reference)? = interaction.recovery { reference } else { "" }
        return ResetSentPage(
            form: context.lastingForm(of: Self.id, interaction), reference: reference,
            isNeutral: context.desk.policy.answersNeutrally)
    }
}

struct ResetSentPage: Page {
    let form: StepForm
    /// 15 digits.
    let reference: String
    let isNeutral: Bool

    var title: String { "Vérifiez vos emails\u{A0}!" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        p(
            .class("lead"),
            text: isNeutral
                ? "Si cet identifiant est celui d'un compte activé dont l'adresse mail est validée, nous "
                    + "venons juste d'y envoyer les instructions pour réinitialiser le mot de passe\u{A0}*."
                : "Nous venons juste de vous envoyer les instructions pour réinitialiser votre mot de "
                    + "passe\u{A0}*.")
        p {
            "La référence de cette demande est le n°\u{A0}"
            strong(.id("reference"), text: reference)
            ". Veuillez noter ce numéro."
        }
        JunkAdvice(mark: "* ")
        ReadForm(form: form, id: "reset-sent-form")
        OtherHelp()
    }
}
