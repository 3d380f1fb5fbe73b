/// « ? » beside a label: opens a few words about what to type there, above the page and without a
/// script (`popover`; HTML Living Standard §6.12). Escape, or a touch elsewhere, closes them; a browser
/// that knows no popover shows them under the field.
struct HelpMark {
    /// The label of the field, which a screen reader says with the mark.
    let field: String
    /// The id of the words.
    let id: String
    let words: String

    var button: Markup {
        HTML.button(.class("help-mark"), .buttonType(.button), .popoverTarget(id)) {
            "?"
            span(.class("unseen"), text: " Aide sur le champ «\u{A0}\(field)\u{A0}»")
        }
    }

    var text: Markup { p(.class("hint help-text"), .id(id), .popover, text: words) }
}
