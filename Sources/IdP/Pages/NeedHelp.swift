import HTML

/// « Besoin d'aide ? » of the enrolment and activation screens (journeys.md §3.0.7).
struct NeedHelp: Component {
    let topic: HelpTopic

    init(_ topic: HelpTopic) { self.topic = topic }

    var markup: Markup {
        p {
            // Beside the form: what was typed must not be lost.
            a(
                .href(topic.path), .id("need-help"), .targetBlank,
                .rel("noopener"), text: "Besoin d'aide\u{A0}?")
        }
    }
}
