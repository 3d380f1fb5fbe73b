/// A piece of a page. Text in it is always escaped; markup comes from `Tag`s and literals only.
///
/// A value, cheap to copy: pages are trees of these, written once into bytes by `render()`.
/// ```swift
/// let page = document(lang: "fr") {
///     body { p(.class("lead")) { "Bonjour, \(guardian.name)" } }      // whatever the name holds
/// }
/// ```
public struct Markup: Sendable {
    indirect enum Node: Sendable {
        case text(String)
        case literal(StaticString)
        case bytes([UInt8])
        case element(Tag, [Attribute?], Markup)
        case void(VoidTag, [Attribute?])
        case sequence([Markup])
    }

    /// `nil` is nothing at all, the neutral element of `+`.
    let node: Node?

    init(node: Node?) { self.node = node }

    /// Nothing: an absent part of a page.
    public static let empty = Markup(node: nil)

    /// Characters, shown as they are: `&`, `<`, `>`, `"` and `'` are escaped.
    public static func text(_ text: String) -> Markup {
        Markup(node: text.isEmpty ? nil : .text(text))
    }

    /// Markup written in our source: the only way to unescaped output besides `prerendered`.
    public static func literal(_ literal: StaticString) -> Markup {
        Markup(node: .literal(literal))
    }

    /// The bytes of a page part that never changes, rendered once and reused.
    public func prerendered() -> Markup {
        Markup(node: .bytes(render()))
    }

    /// What `render()` made earlier, from where nobody else can have written it.
    package static func rendered(_ utf8: some Sequence<UInt8>) -> Markup {
        Markup(node: .bytes(Array(utf8)))
    }

    public static func sequence(_ parts: [Markup]) -> Markup {
        Markup(node: .sequence(parts))
    }

    /// Whether this is `Markup.empty`.
    public var isEmpty: Bool { node == nil }

    /// The page as UTF-8.
    public func render() -> [UInt8] {
        var output = [UInt8]()
        output.reserveCapacity(8_192)  // most pages fit, so that they are written without moving
        write(into: &output)
        return output
    }

    func write(into output: inout [UInt8]) {
        switch node {
        case nil: return
        case .text(let text): Escaping.append(text, to: &output)
        case .literal(let literal): Escaping.append(verbatim: literal, to: &output)
        case .bytes(let bytes): output.append(contentsOf: bytes)
        case .element(let tag, let attributes, let content):
            tag.writeStart(attributes, into: &output)
            content.write(into: &output)
            tag.writeEnd(into: &output)
        case .void(let tag, let attributes): tag.write(attributes, into: &output)
        case .sequence(let parts):
            for part in parts { part.write(into: &output) }
        }
    }
}

/// What a page is composed of besides elements: a struct with parameters that becomes markup.
public protocol Component: Sendable {
    @MarkupBuilder var markup: Markup { get }
}

/// Statements of a `{ … }` become one `Markup`, in their order. A `String` statement is text.
@resultBuilder
public enum MarkupBuilder {
    public static func buildExpression(_ markup: Markup) -> Markup { markup }
    public static func buildExpression(_ text: String) -> Markup { .text(text) }
    public static func buildExpression(_ text: String?) -> Markup {
        text.map(Markup.text) ?? .empty
    }
    public static func buildExpression(_ component: some Component) -> Markup { component.markup }
    public static func buildExpression(_ tag: VoidTag) -> Markup { tag() }
    public static func buildBlock() -> Markup { .empty }
    public static func buildBlock(_ part: Markup) -> Markup { part }
    public static func buildBlock(_ parts: Markup...) -> Markup { .sequence(parts) }
    public static func buildOptional(_ part: Markup?) -> Markup { part ?? .empty }
    public static func buildEither(first: Markup) -> Markup { first }
    public static func buildEither(second: Markup) -> Markup { second }
    public static func buildArray(_ parts: [Markup]) -> Markup { .sequence(parts) }
    public static func buildLimitedAvailability(_ part: Markup) -> Markup { part }
}

/// A whole document: `<!DOCTYPE html>` and the root element in the language `lang` (BCP 47).
public func document(lang: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
    .sequence([.literal("<!DOCTYPE html>\n"), html(.lang(lang), content: content)])
}
