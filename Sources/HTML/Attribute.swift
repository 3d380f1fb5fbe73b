/// One attribute of an element. Values from outside are escaped; addresses that could run a script
/// become `#`. There are no event handlers and no `style`: the content security policy refuses both.
public struct Attribute: Sendable {
    enum Value: Sendable {
        case none
        case text(String)
        case literal(StaticString)
    }

    let name: StaticString
    var prefix: StaticString = ""  // `aria-`, `data-`
    let value: Value

    init(_ name: StaticString, _ value: String) {
        self.name = name
        self.value = .text(value)
    }

    init(_ name: StaticString, literal: StaticString) {
        self.name = name
        self.value = .literal(literal)
    }

    init(_ name: StaticString) {
        self.name = name
        self.value = .none
    }

    init(prefix: StaticString, _ name: StaticString, _ value: String) {
        self.init(name, value)
        self.prefix = prefix
    }

    func write(into output: inout [UInt8]) {
        output.append(UInt8(ascii: " "))
        Escaping.append(verbatim: prefix, to: &output)
        Escaping.append(verbatim: name, to: &output)
        switch value {
        case .none: return
        case .text(let text):
            Escaping.append(verbatim: "=\"", to: &output)
            Escaping.append(text, to: &output)
        case .literal(let literal):
            Escaping.append(verbatim: "=\"", to: &output)
            Escaping.append(verbatim: literal, to: &output)
        }
        output.append(UInt8(ascii: "\""))
    }
}

// MARK: - Everywhere

extension Attribute {
    /// Class names of our style sheet, separated by spaces.
    public static func `class`(_ names: StaticString) -> Attribute {
        Attribute("class", literal: names)
    }
    public static func id(_ id: String) -> Attribute { Attribute("id", id) }
    public static func lang(_ language: String) -> Attribute { Attribute("lang", language) }
    public static func title(_ text: String) -> Attribute { Attribute("title", text) }
    public static func tabindex(_ index: Int) -> Attribute { Attribute("tabindex", String(index)) }
    public static let hidden = Attribute("hidden")
    /// Neither reached by the keyboard nor read out, as what stands behind a dialog.
    public static let inert = Attribute("inert")
    /// `data-name`, read by scripts and tests.
    public static func data(_ name: StaticString, _ value: String) -> Attribute {
        Attribute(prefix: "data-", name, value)
    }
    public static func role(_ role: Role) -> Attribute { Attribute("role", role.rawValue) }
    /// `aria-name`, for the states and properties that have no case of their own here.
    public static func aria(_ name: StaticString, _ value: String) -> Attribute {
        Attribute(prefix: "aria-", name, value)
    }
    public static func ariaLabel(_ text: String) -> Attribute { aria("label", text) }
    public static func ariaLabelledBy(_ id: String) -> Attribute { aria("labelledby", id) }
    /// The elements that describe this one; `nil` (no attribute) where there are none.
    public static func ariaDescribedBy(_ ids: [String]) -> Attribute? {
        ids.isEmpty ? nil : aria("describedby", ids.joined(separator: " "))
    }
    public static let ariaHidden = Attribute(prefix: "aria-", "hidden", "true")
    public static let ariaInvalid = Attribute(prefix: "aria-", "invalid", "true")
    public static let ariaCurrentPage = Attribute(prefix: "aria-", "current", "page")

    /// Landmarks and live regions (WAI-ARIA 1.2 §5.3).
    public enum Role: String, Sendable {
        case alert, banner, contentinfo, group, img, list, main, navigation, region, search, status
    }
}

// MARK: - Links and documents

extension Attribute {
    /// Where a link leads: a path of ours, a fragment, or an `http`, `https`, `mailto` or `tel` URL.
    /// Any other scheme becomes `#`.
    public static func href(_ url: String) -> Attribute { Attribute("href", LinkTarget.safe(url)) }
    /// A link to a client's registered redirect URI, whose scheme may be an application's own.
    /// The schemes that run in the page (`javascript`, `data`, `vbscript`, `blob`) still become `#`.
    public static func href(registered url: String) -> Attribute {
        Attribute("href", LinkTarget.withoutScript(url))
    }
    /// The content of a meta refresh that goes at once to a client's registered redirect URI, under the
    /// same rule. Apostrophes and quotes of `url` must be percent-encoded: they would end the address.
    public static func refresh(registered url: String) -> Attribute {
        Attribute("content", "0; url=\(LinkTarget.withoutScript(url))")
    }
    public static func src(_ url: String) -> Attribute { Attribute("src", LinkTarget.safe(url)) }
    public static func alt(_ text: String) -> Attribute { Attribute("alt", text) }
    public static func width(_ pixels: Int) -> Attribute { Attribute("width", String(pixels)) }
    public static func height(_ pixels: Int) -> Attribute { Attribute("height", String(pixels)) }
    public static func rel(_ relation: StaticString) -> Attribute {
        Attribute("rel", literal: relation)
    }
    /// Opens another tab. Give it `.rel("noopener")` and say so in the link's text.
    public static let targetBlank = Attribute("target", literal: "_blank")
    public static let charsetUTF8 = Attribute("charset", literal: "utf-8")
    public static func content(_ value: String) -> Attribute { Attribute("content", value) }
    public static func httpEquiv(_ name: StaticString) -> Attribute {
        Attribute("http-equiv", literal: name)
    }
    public static func media(_ query: StaticString) -> Attribute {
        Attribute("media", literal: query)
    }
    public static let `defer` = Attribute("defer")
    public static let download = Attribute("download")
    public static let open = Attribute("open")
    /// The number of a list's first item.
    public static func start(_ number: Int) -> Attribute { Attribute("start", String(number)) }
    /// A moment in the form of ISO 8601.
    public static func datetime(_ value: String) -> Attribute { Attribute("datetime", value) }
}

// MARK: - Tables

extension Attribute {
    public enum Scope: String, Sendable { case col, row, colgroup, rowgroup }
    public static func scope(_ scope: Scope) -> Attribute { Attribute("scope", scope.rawValue) }
    public static func colspan(_ count: Int) -> Attribute { Attribute("colspan", String(count)) }
    public static func rowspan(_ count: Int) -> Attribute { Attribute("rowspan", String(count)) }
}
