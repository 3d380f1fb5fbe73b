import HTML

/// « Besoin d'aide ? », on every screen of an enrolment or an activation (J-B-20). It opens beside the
/// form, which would be lost otherwise, and says so (WCAG G201).
struct HelpLink: Component {
    var text = "Besoin d'aide\u{A0}?"
    /// A part of the help page.
    var part: String?

    var markup: Markup {
        a(
            .href(InformationPages.helpPath + (part.map { "#" + $0 } ?? "")), .targetBlank,
            .rel("noopener"), text: text + " (nouvelle fenêtre)")
    }
}
