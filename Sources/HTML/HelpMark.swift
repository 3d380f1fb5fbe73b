/// « ? » beside a field: opens a few words about what to type there, without a script.
public struct HelpMark: Component {
    var field: String
    var words: String

    /// - Parameter field: the label of the field, which a screen reader says with the mark.
    public init(about field: String, words: String) {
        self.field = field
        self.words = words
    }

    public var markup: Markup {
        details {
            summary {
                "?"
                span(.class("unseen"), text: " Aide sur le champ «\u{A0}\(field)\u{A0}»")
            }
            p(.class("hint"), text: words)
        }
    }
}
