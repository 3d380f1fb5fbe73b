import HTML
import Serving
import Web

// What the pages share that say that a mail is on its way: C-3, ID-2 and PWD-2.

/// Where a mail may lie (J-C-35, J-X-06).
struct JunkAdvice: Component {
    var mark = ""

    var markup: Markup {
        p(
            .id("junk"),
            text: mark
                + "Si vous n'avez rien reçu, pensez à regarder dans vos courriers indésirables ou "
                + "\"spams\".")
    }
}

/// « VALIDER » of a page that has been read: on to SIGN-1.
struct ReadForm: Component {
    let form: StepForm
    let id: String

    var markup: Markup {
        PostForm(action: form.action, id: id, hidden: form.hidden) {
            ButtonRow {
                SubmitButton(
                    "VALIDER", id: "validate", name: StepField.action, value: StepField.restart)
            }
        }.markup
    }
}
