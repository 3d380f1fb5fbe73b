/// A form that posts. `novalidate`, so that every browser shows our messages rather than its own.
public struct PostForm: Component {
    var action: String
    var id: String?
    var hidden: [HiddenField]
    var content: Markup

    /// - Parameter hidden: what travels along unseen, the CSRF token first of all.
    public init(
        action: String, id: String? = nil, hidden: [HiddenField] = [],
        @MarkupBuilder content: () -> Markup
    ) {
        self.action = action
        self.id = id
        self.hidden = hidden
        self.content = content()
    }

    public var markup: Markup {
        form(.action(action), .method(.post), id.map(Attribute.id), .novalidate) {
            for field in hidden { field }
            content
        }
    }
}

/// What the mark « * » means, under a form that has such fields (J-G-16).
public struct RequiredNote: Component {
    public init() {}
    public var markup: Markup { p(.class("hint"), text: "* Champ obligatoire") }
}

/// What is wrong with the fields of a form, in the order of the screen: each message stands at its
/// field, the summary links to all, and the first wrong field gets the focus.
public struct FieldErrors: Sendable, Equatable {
    private var messages: [(field: String, message: String, brief: String)] = []

    public init() {}

    public static func == (one: FieldErrors, other: FieldErrors) -> Bool {
        one.messages.elementsEqual(other.messages) { $0 == $1 }
    }

    public var isEmpty: Bool { messages.isEmpty }

    /// The first message of a field counts.
    ///
    /// - Parameter brief: what the summary says instead, where the message is long or names the field
    ///   itself.
    public mutating func add(_ field: String, _ message: String, brief: String? = nil) {
        if self[field] == nil { messages.append((field, message, brief ?? message)) }
    }

    public subscript(field: String) -> String? {
        messages.first { $0.field == field }?.message
    }

    /// Whether this field is where the reader goes on: the first wrong one, or, where nothing is wrong,
    /// the one that the screen names.
    public func isFocused(_ field: String, otherwise: Bool = false) -> Bool {
        messages.first.map { $0.field == field } ?? otherwise
    }

    /// - Parameter label: what the screen calls a field.
    public func summary(_ label: (_ field: String) -> String) -> ErrorSummary {
        ErrorSummary(
            messages.map { .init(field: $0.field, label: label($0.field), message: $0.brief) })
    }
}

/// A value that a form carries unseen.
public struct HiddenField: Component {
    var name: String
    var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    public var markup: Markup { input(.type(.hidden), .name(name), .value(value)) }
}

/// Fields that belong together under one heading, or the choices of one question.
public struct FieldGroup: Component {
    var legend: String
    var id: String
    var hint: String?
    var error: String?
    var content: Markup

    public init(
        legend: String, id: String, hint: String? = nil, error: String? = nil,
        @MarkupBuilder content: () -> Markup
    ) {
        self.legend = legend
        self.id = id
        self.hint = hint
        self.error = error
        self.content = content()
    }

    public var markup: Markup {
        let describedBy =
            (hint == nil ? [] : ["\(id)-hint"]) + (error == nil ? [] : ["\(id)-error"])
        return fieldset(
            error == nil ? .class("field") : .class("field field-wrong"), .id(id),
            .ariaDescribedBy(describedBy)
        ) {
            HTML.legend(text: legend)
            if let hint { p(.class("hint"), .id("\(id)-hint"), text: hint) }
            content
            if let error { p(.class("field-error"), .id("\(id)-error"), text: error) }
        }
    }
}

/// How much a button asks for attention. One `.primary` a screen.
public enum ButtonKind: Sendable {
    case primary, secondary, quiet, danger

    var className: StaticString {
        switch self {
        case .primary: "button"
        case .secondary: "button button-secondary"
        case .quiet: "button button-quiet"
        case .danger: "button button-danger"
        }
    }
}

/// The button that sends its form.
public struct SubmitButton: Component {
    var text: String
    var id: String?
    var kind: ButtonKind
    var name: String?
    var value: String?

    /// - Parameters:
    ///   - name, value: tell several buttons of one form apart.
    public init(
        _ text: String, id: String? = nil, kind: ButtonKind = .primary, name: String? = nil,
        value: String? = nil
    ) {
        self.text = text
        self.id = id
        self.kind = kind
        self.name = name
        self.value = value
    }

    public var markup: Markup {
        button(
            .class(kind.className), .buttonType(.submit), id.map(Attribute.id),
            name.map(Attribute.name), value.map(Attribute.value), text: text)
    }
}

/// A link that looks like a button: it leads somewhere and changes nothing.
public struct LinkButton: Component {
    var text: String
    var href: String
    var id: String?
    var kind: ButtonKind

    public init(_ text: String, href: String, id: String? = nil, kind: ButtonKind = .secondary) {
        self.text = text
        self.href = href
        self.id = id
        self.kind = kind
    }

    public var markup: Markup {
        a(.class(kind.className), .href(href), id.map(Attribute.id), text: text)
    }
}

/// Buttons side by side, one under the other where the screen is narrow.
public struct ButtonRow: Component {
    var content: Markup
    public init(@MarkupBuilder content: () -> Markup) { self.content = content() }
    public var markup: Markup { div(.class("buttons")) { content } }
}
