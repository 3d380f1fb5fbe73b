import Flow
import FoundationEssentials
import HTML
import Parents
import Web

/// Says on the number's screen that no further code is sent yet; one that is on its way is still good,
/// so the way back to its field stands beside.
struct TooManyCodes: Component {
    private let wait: Wait
    private let codeScreen: String?

    init(until: Date, _ interaction: Interaction, _ context: StepContext) {
        wait = Wait(until: until, now: context.now)
        codeScreen =
            if case .code? = interaction.pending {
                context.path(to: .smsCode)
            } else if case .codeSent? = interaction.recovery {
                context.path(to: .resetCode)
            } else {
                nil
            }
    }

    var markup: Markup {
        Notice(.error) {
            p(text: wait.tooManyAttempts)
            if let codeScreen {
                LinkButton("Saisir le code déjà envoyé", href: codeScreen, id: "to-code")
            }
        }.markup
    }
}
