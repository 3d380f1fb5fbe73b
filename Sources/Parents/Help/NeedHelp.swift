import HTML

/// « Besoin d'aide ? » of the enrolment and activation screens (journeys.md §3.0.7).
public struct NeedHelp: Component {
    let topic: HelpTopic

    public init(_ topic: HelpTopic) { self.topic = topic }

    public var markup: Markup {
        p { HelpLink(topic, id: "need-help", text: "Besoin d'aide\u{A0}?") }
    }
}

/// A link to a part of the help, which opens beside the form: what was typed must not be lost.
public struct HelpLink: Component {
    let topic: HelpTopic
    let id: String
    let text: String

    public init(_ topic: HelpTopic, id: String, text: String) {
        self.topic = topic
        self.id = id
        self.text = text
    }

    public var markup: Markup {
        a(.href(topic.path), .id(id), .targetBlank, .rel("noopener"), text: text)
    }
}
