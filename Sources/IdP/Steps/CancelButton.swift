import HTML
import Serving
import Web

/// « Annuler »: back to the teleservice, with nothing changed.
struct CancelButton: Component {
    var markup: Markup {
        SubmitButton(
            "Annuler", id: "cancel", kind: .quiet, name: StepField.action, value: StepField.cancel
        ).markup
    }
}

/// « ANNULER »: nothing is kept, and SIGN-1 asks again.
struct RestartButton: Component {
    var markup: Markup {
        SubmitButton(
            "ANNULER", id: "restart", kind: .quiet, name: StepField.action,
            value: StepField.restart
        ).markup
    }
}
