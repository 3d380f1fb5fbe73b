/// A labelled one-line field with its hint and its error.
///
/// The ids derive from `id` (by default the name): `id`, `id-hint`, `id-error`. Screen readers hear
/// hint and error with the field (`aria-describedby`), and that it is wrong (`aria-invalid`).
public struct TextField: Component {
    var label: String
    var name: String
    var id: String
    var value: String
    var hint: String?
    var help: String?
    var error: String?
    var errorAbove: String?
    var placeholder: String?
    var type: Attribute.InputType
    var autocomplete: Attribute.Autocomplete
    var inputmode: Attribute.InputMode?
    var isRequired: Bool
    var isAutofocused: Bool
    var maxlength: Int?

    /// - Parameters:
    ///   - id: stable, for tests and for links to the field; the name where absent.
    ///   - help: what « ? » beside the label opens.
    ///   - error: shown at the field, in words that say what to do.
    ///   - errorAbove: the id of a message elsewhere that says that this field may be wrong.
    ///   - isRequired: marked « * », which `RequiredNote` explains (J-G-16), but where the label ends
    ///     with a mark of its own.
    public init(
        label: String, name: String, id: String? = nil, value: String = "", hint: String? = nil,
        help: String? = nil, error: String? = nil, errorAbove: String? = nil,
        placeholder: String? = nil, type: Attribute.InputType = .text,
        autocomplete: Attribute.Autocomplete = .off, inputmode: Attribute.InputMode? = nil,
        isRequired: Bool = true, isAutofocused: Bool = false, maxlength: Int? = nil
    ) {
        self.label = label
        self.name = name
        self.id = id ?? name
        self.value = value
        self.hint = hint
        self.help = help
        self.error = error
        self.errorAbove = errorAbove
        self.placeholder = placeholder
        self.type = type
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.isRequired = isRequired
        self.isAutofocused = isAutofocused
        self.maxlength = maxlength
    }

    public var markup: Markup {
        let frame = FieldFrame(
            label: label, id: id, hint: hint, help: help, error: error, isRequired: isRequired)
        return frame.around(
            input(
                .class("input"), .id(id), .name(name), .type(type),
                value.isEmpty ? nil : .value(value),
                placeholder.map(Attribute.placeholder),
                .autocomplete(autocomplete),
                inputmode.map(Attribute.inputmode),
                maxlength.map(Attribute.maxlength),
                type == .text ? .spellcheckOff : nil,
                type == .text ? .autocapitalizeOff : nil,
                isRequired ? .required : nil,
                isAutofocused ? .autofocus : nil,
                error == nil && errorAbove == nil ? nil : .ariaInvalid,
                .ariaDescribedBy(frame.describedBy + (errorAbove.map { [$0] } ?? []))))
    }
}

/// A labelled password field. Its value is never written back into the page.
public struct PasswordField: Component {
    var label: String
    var name: String
    var id: String
    var hint: String?
    var help: String?
    var error: String?
    var errorAbove: String?
    var placeholder: String?
    var autocomplete: Attribute.Autocomplete
    var isAutofocused: Bool
    var maxlength: Int?

    /// - Parameter autocomplete: `.currentPassword` to sign in, `.newPassword` where one is chosen.
    public init(
        label: String, name: String, id: String? = nil, hint: String? = nil, help: String? = nil,
        error: String? = nil, errorAbove: String? = nil, placeholder: String? = nil,
        autocomplete: Attribute.Autocomplete = .currentPassword, isAutofocused: Bool = false,
        maxlength: Int? = nil
    ) {
        self.label = label
        self.name = name
        self.id = id ?? name
        self.hint = hint
        self.help = help
        self.error = error
        self.errorAbove = errorAbove
        self.placeholder = placeholder
        self.autocomplete = autocomplete
        self.isAutofocused = isAutofocused
        self.maxlength = maxlength
    }

    public var markup: Markup {
        let frame = FieldFrame(
            label: label, id: id, hint: hint, help: help, error: error, isRequired: true)
        return frame.around(
            input(
                .class("input"), .id(id), .name(name), .type(.password),
                placeholder.map(Attribute.placeholder),
                .autocomplete(autocomplete),
                maxlength.map(Attribute.maxlength),
                .required, .spellcheckOff, .autocapitalizeOff,
                isAutofocused ? .autofocus : nil,
                error == nil && errorAbove == nil ? nil : .ariaInvalid,
                .ariaDescribedBy(frame.describedBy + (errorAbove.map { [$0] } ?? []))))
    }
}

/// A labelled list of choices, one of which holds.
public struct SelectField: Component {
    /// One line of the list.
    public struct Choice: Sendable {
        var value: String
        var text: String
        public init(_ value: String, _ text: String) {
            self.value = value
            self.text = text
        }
    }

    var label: String
    var name: String
    var id: String
    var choices: [Choice]
    var chosen: Set<String>
    var hint: String?
    var error: String?
    var errorAbove: String?
    var takesSeveral: Bool
    var isRequired: Bool
    var isAutofocused: Bool

    /// - Parameters:
    ///   - chosen: the values that are selected; unknown ones are ignored.
    ///   - errorAbove: the id of a message elsewhere that says that this field may be wrong.
    public init(
        label: String, name: String, id: String? = nil, choices: [Choice], chosen: Set<String> = [],
        hint: String? = nil, error: String? = nil, errorAbove: String? = nil,
        takesSeveral: Bool = false, isRequired: Bool = true, isAutofocused: Bool = false
    ) {
        self.label = label
        self.name = name
        self.id = id ?? name
        self.choices = choices
        self.chosen = chosen
        self.hint = hint
        self.error = error
        self.errorAbove = errorAbove
        self.takesSeveral = takesSeveral
        self.isRequired = isRequired
        self.isAutofocused = isAutofocused
    }

    public var markup: Markup {
        let frame = FieldFrame(
            label: label, id: id, hint: hint, error: error, isRequired: isRequired)
        return frame.around(
            select(
                .class("input"), .id(id), .name(name), takesSeveral ? .multiple : nil,
                isRequired ? .required : nil, isAutofocused ? .autofocus : nil,
                error == nil && errorAbove == nil ? nil : .ariaInvalid,
                .ariaDescribedBy(frame.describedBy + (errorAbove.map { [$0] } ?? []))
            ) {
                for choice in choices {
                    option(
                        .value(choice.value), chosen.contains(choice.value) ? .selected : nil,
                        text: choice.text)
                }
            })
    }
}

/// A box to tick, or a round one of a group that shares its name.
public struct Checkbox: Component {
    var label: String
    var name: String
    var value: String
    var id: String
    var isChecked: Bool
    var isRadio: Bool

    /// - Parameter isRadio: one choice among those of the same name, inside a `FieldGroup`.
    public init(
        label: String, name: String, value: String = "1", id: String? = nil,
        isChecked: Bool = false,
        isRadio: Bool = false
    ) {
        self.label = label
        self.name = name
        self.value = value
        self.id = id ?? name
        self.isChecked = isChecked
        self.isRadio = isRadio
    }

    public var markup: Markup {
        div(.class("choice")) {
            input(
                .type(isRadio ? .radio : .checkbox), .id(id), .name(name), .value(value),
                isChecked ? .checked : nil)
            HTML.label(.for(id), text: label)
        }
    }
}

/// What surrounds every field: label, hint, error, in the order in which they are read.
struct FieldFrame {
    var label: String
    var id: String
    var hint: String?
    var help: String?
    var error: String?
    var isRequired: Bool

    private var mark: HelpMark? {
        help.map { HelpMark(field: label, id: "\(id)-help", words: $0) }
    }

    var describedBy: [String] {
        (hint == nil ? [] : ["\(id)-hint"]) + (error == nil ? [] : ["\(id)-error"])
    }

    func around(_ control: Markup) -> Markup {
        div(error == nil ? .class("field") : .class("field field-wrong")) {
            if let mark {
                div(.class("label-line")) {
                    labelled
                    mark.button
                }
            } else {
                labelled
            }
            if let hint { p(.class("hint"), .id("\(id)-hint"), text: hint) }
            control
            if let error { p(.class("field-error"), .id("\(id)-error"), text: error) }
            if let mark { mark.text }
        }
    }

    private var labelled: Markup {
        HTML.label(.for(id)) {
            label
            // Screen readers hear it from `required`.
            if isRequired, !label.hasSuffix("*") {
                span(.class("required"), .ariaHidden, text: "\u{A0}*")
            }
        }
    }
}
