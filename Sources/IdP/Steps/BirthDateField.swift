import HTML
import Parents

/// A child's birth date in one field, typed in French order (journeys.md §6 no. 37).
///
/// A browser's own date field asks in the browser's language, has no `00` for what a civil register
/// does not know, and comes back empty where no date was typed.
struct BirthDateField: Component {
    let label: String
    let name: String
    let value: String
    let error: String?
    /// The message above the form that is about this field too.
    var errorAbove: String?
    let isAutofocused: Bool

    var markup: Markup {
        TextField(
            label: label, name: name, value: value, hint: "Format attendu\u{A0}: jj/mm/aaaa",
            error: error, errorAbove: errorAbove, isAutofocused: isAutofocused
        ).markup
    }
}

/// The way on where the directory may be wrong (J-C-25).
struct WrongBirthDateHelp: Component {
    /// Of the letter's screens, unless another one is due.
    var topic = HelpTopic.wrongBirthDate

    var markup: Markup {
        p {
            HelpLink(
                topic, id: "birth-date-help",
                text: "Que faire si la date de naissance est refusée\u{A0}?")
        }
    }
}
