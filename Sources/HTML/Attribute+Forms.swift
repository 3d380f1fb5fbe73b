extension Attribute {
    /// What an `input` takes.
    public enum InputType: String, Sendable {
        case text, password, email, tel, search, number, hidden, checkbox, radio, submit, file
    }

    /// What a browser may fill in (HTML Living Standard §4.10.18.7).
    public enum Autocomplete: String, Sendable {
        case off, username, email, tel, name
        case currentPassword = "current-password"
        case newPassword = "new-password"
        case oneTimeCode = "one-time-code"
        case givenName = "given-name"
        case familyName = "family-name"
        case birthday = "bday"
    }

    /// The keyboard that a phone shows.
    public enum InputMode: String, Sendable { case text, numeric, tel, email, search }

    public enum Method: String, Sendable { case get, post }
    public enum ButtonType: String, Sendable { case submit, button, reset }

    public static func action(_ url: String) -> Attribute {
        Attribute("action", LinkTarget.safe(url))
    }
    public static func method(_ method: Method) -> Attribute {
        Attribute("method", method.rawValue)
    }
    public static let novalidate = Attribute("novalidate")
    public static func type(_ type: InputType) -> Attribute { Attribute("type", type.rawValue) }
    public static func buttonType(_ type: ButtonType) -> Attribute {
        Attribute("type", type.rawValue)
    }
    public static func name(_ name: String) -> Attribute { Attribute("name", name) }
    public static func value(_ value: String) -> Attribute { Attribute("value", value) }
    public static func placeholder(_ text: String) -> Attribute { Attribute("placeholder", text) }
    public static func autocomplete(_ token: Autocomplete) -> Attribute {
        Attribute("autocomplete", token.rawValue)
    }
    public static func inputmode(_ mode: InputMode) -> Attribute {
        Attribute("inputmode", mode.rawValue)
    }
    public static func `for`(_ id: String) -> Attribute { Attribute("for", id) }
    /// The form that a control outside of it belongs to.
    public static func form(_ id: String) -> Attribute { Attribute("form", id) }
    public static let required = Attribute("required")
    public static let checked = Attribute("checked")
    public static let selected = Attribute("selected")
    public static let disabled = Attribute("disabled")
    public static let readonly = Attribute("readonly")
    public static let multiple = Attribute("multiple")
    public static let autofocus = Attribute("autofocus")
    public static func maxlength(_ count: Int) -> Attribute {
        Attribute("maxlength", String(count))
    }
    public static func minlength(_ count: Int) -> Attribute {
        Attribute("minlength", String(count))
    }
    /// Shown above the page while a button that names it (`popoverTarget`) has it open.
    public static let popover = Attribute("popover")
    public static func popoverTarget(_ id: String) -> Attribute { Attribute("popovertarget", id) }
    public static func size(_ count: Int) -> Attribute { Attribute("size", String(count)) }
    public static func rows(_ count: Int) -> Attribute { Attribute("rows", String(count)) }
    public static func cols(_ count: Int) -> Attribute { Attribute("cols", String(count)) }
    public static func min(_ value: String) -> Attribute { Attribute("min", value) }
    public static func max(_ value: String) -> Attribute { Attribute("max", value) }
    public static func pattern(_ expression: StaticString) -> Attribute {
        Attribute("pattern", literal: expression)
    }
    /// Identifiers and codes aren't words to correct.
    public static let spellcheckOff = Attribute("spellcheck", literal: "false")
    public static let autocapitalizeOff = Attribute("autocapitalize", literal: "none")
}
