import CCommonMark
import HTML

/// A text that an operator has written in Markdown (CommonMark 0.30), as our own typed markup.
///
/// It may hold headings, paragraphs, lists, quotations, code, emphasis, links and breaks. Raw HTML,
/// pictures, and links elsewhere than `LinkTarget` allows are refused, not dropped: who wrote them
/// should know.
public struct MarkdownText: Sendable {
    /// The words of the heading that the text begins with; nil where it begins otherwise.
    public let heading: String?
    /// Its first heading is an `h2`, whatever it was written as, and none skips a level: the page has
    /// the `h1`.
    public let content: Markup

    public init(_ bytes: [UInt8]) throws(MarkdownErrors) {
        let broken = Self.linesOfNoText(bytes)
        guard broken.isEmpty else { throw MarkdownErrors(broken) }
        let parsed = bytes.withUnsafeBytes { raw in
            cmark_parse_document(
                raw.bindMemory(to: CChar.self).baseAddress, raw.count, CMARK_OPT_DEFAULT)
        }
        guard let document = parsed else {
            throw MarkdownErrors([.init(line: 1, "the parser gives up")])
        }
        defer { cmark_node_free(document) }
        var walk = MarkdownWalk()
        content = walk.blocks(of: document, depth: 0)
        let first = cmark_node_first_child(document)
        heading =
            MarkdownWalk.type(first) == CMARK_NODE_HEADING ? MarkdownWalk.words(of: first) : nil
        if first == nil { walk.errors.append(.init(line: 1, "there is no text")) }
        guard walk.errors.isEmpty else { throw MarkdownErrors(walk.errors) }
    }

    /// A line feed is never part of another character, so each line is judged for itself.
    private static func linesOfNoText(_ bytes: [UInt8]) -> [MarkdownErrors.Entry] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { String(validating: $0.element, as: UTF8.self) == nil }
            .map { .init(line: $0.offset + 1, "this is not UTF-8") }
    }
}

/// Goes through a parsed document once, from its beginning to its end.
private struct MarkdownWalk {
    typealias Node = OpaquePointer

    var errors: [MarkdownErrors.Entry] = []
    /// The headings that the present place stands under, outermost first, by their `#`s.
    private var levels: [CInt] = []

    /// Quotations, lists and emphasis inside each other: nobody writes more, and the stack has an end.
    private static let depthMax = 16

    mutating func blocks(of parent: Node, depth: Int, isTight: Bool = false) -> Markup {
        var parts: [Markup] = []
        for node in Self.children(of: parent) {
            parts.append(block(node, depth: depth, isTight: isTight))
        }
        return .sequence(parts)
    }

    /// - Parameter isTight: in a list whose items are not paragraphs of their own.
    private mutating func block(_ node: Node, depth: Int, isTight: Bool) -> Markup {
        guard depth <= Self.depthMax else { return refuse(node, Self.tooDeep) }
        switch Self.type(node) {
        case CMARK_NODE_PARAGRAPH:
            let words = inlines(of: node, depth: depth)
            return isTight ? words : p { words }
        case CMARK_NODE_HEADING:
            guard !Self.words(of: node).isEmpty else {
                return refuse(node, "a heading has no text")
            }
            let level = level(cmark_node_get_heading_level(node))
            let words = inlines(of: node, depth: depth)
            return level { words }
        case CMARK_NODE_LIST: return list(node, depth: depth)
        case CMARK_NODE_BLOCK_QUOTE:
            let quoted = blocks(of: node, depth: depth + 1)
            return blockquote { quoted }
        case CMARK_NODE_CODE_BLOCK: return pre { code(text: Self.literal(node)) }
        case CMARK_NODE_THEMATIC_BREAK: return hr()
        case CMARK_NODE_HTML_BLOCK: return refuse(node, Self.rawHTML)
        default: return refuse(node, "this is no part of a text")
        }
    }

    private mutating func list(_ node: Node, depth: Int) -> Markup {
        let isTight = cmark_node_get_list_tight(node) != 0
        var items: [Markup] = []
        for item in Self.children(of: node) {
            let content = blocks(of: item, depth: depth + 1, isTight: isTight)
            items.append(li { content })
        }
        guard cmark_node_get_list_type(node) == CMARK_ORDERED_LIST else {
            return ul { Markup.sequence(items) }
        }
        let first = Int(cmark_node_get_list_start(node))
        return ol(first == 1 ? nil : .start(first)) { Markup.sequence(items) }
    }

    /// The element for a heading with so many `#`s here: one deeper than what it stands under.
    private mutating func level(_ written: CInt) -> Tag {
        levels.removeAll { $0 >= written }
        levels.append(written)
        return switch levels.count {
        case 1: h2
        case 2: h3
        default: h4
        }
    }

    private mutating func inlines(of parent: Node, depth: Int) -> Markup {
        var parts: [Markup] = []
        for node in Self.children(of: parent) { parts.append(inline(node, depth: depth)) }
        return .sequence(parts)
    }

    private mutating func inline(_ node: Node, depth: Int) -> Markup {
        guard depth <= Self.depthMax else { return refuse(node, Self.tooDeep) }
        switch Self.type(node) {
        case CMARK_NODE_TEXT: return .text(Self.literal(node))
        case CMARK_NODE_SOFTBREAK: return .text("\n")
        case CMARK_NODE_LINEBREAK: return br()
        case CMARK_NODE_CODE: return code(text: Self.literal(node))
        case CMARK_NODE_EMPH:
            let words = inlines(of: node, depth: depth + 1)
            return em { words }
        case CMARK_NODE_STRONG:
            let words = inlines(of: node, depth: depth + 1)
            return strong { words }
        case CMARK_NODE_LINK: return link(node, depth: depth)
        case CMARK_NODE_IMAGE: return refuse(node, "pictures are not allowed")
        case CMARK_NODE_HTML_INLINE: return refuse(node, Self.rawHTML)
        default: return refuse(node, "this is no part of a text")
        }
    }

    private mutating func link(_ node: Node, depth: Int) -> Markup {
        let address = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
        let hint = cmark_node_get_title(node).map { String(cString: $0) } ?? ""
        guard !address.isEmpty else { return refuse(node, "a link has no address") }
        guard LinkTarget.allows(address) else {
            return refuse(node, "a link must be relative, or https, http, mailto or tel")
        }
        guard !Self.words(of: node).isEmpty else { return refuse(node, "a link has no text") }
        let words = inlines(of: node, depth: depth + 1)
        return a(.href(address), hint.isEmpty ? nil : .title(hint)) { words }
    }

    private static let rawHTML = "raw HTML is not allowed"
    private static let tooDeep = "lists, quotations and emphasis are nested too deeply"

    /// Notes what is wrong; two tags of one line are one error.
    private mutating func refuse(_ node: Node, _ problem: String) -> Markup {
        let entry = MarkdownErrors.Entry(line: Self.line(of: node), problem)
        if errors.last != entry { errors.append(entry) }
        return .empty
    }
}

/// What cmark says about a node.
extension MarkdownWalk {
    static func type(_ node: Node?) -> cmark_node_type { cmark_node_get_type(node) }

    static func children(of node: Node) -> [Node] {
        guard let first = cmark_node_first_child(node) else { return [] }
        return Array(sequence(first: first) { cmark_node_next($0) })
    }

    static func literal(_ node: Node) -> String {
        cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    }

    /// The characters of a heading or a link, without its markup. By the iterator, which needs no
    /// stack: nothing has looked yet how deep it is.
    static func words(of node: Node?) -> String {
        guard let iterator = cmark_iter_new(node) else { return "" }
        defer { cmark_iter_free(iterator) }
        var words = ""
        while true {
            switch cmark_iter_next(iterator) {
            case CMARK_EVENT_DONE, CMARK_EVENT_NONE: return words
            case CMARK_EVENT_ENTER:
                guard let part = cmark_iter_get_node(iterator) else { return words }
                switch type(part) {
                case CMARK_NODE_TEXT, CMARK_NODE_CODE: words += literal(part)
                case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: words += " "
                default: break
                }
            default: break
            }
        }
    }

    /// Where a node begins. cmark places a link at its end, and breaks nowhere.
    static func line(of node: Node) -> Int {
        let own = cmark_node_get_start_line(node)
        let inside = cmark_node_get_start_line(cmark_node_first_child(node))
        let known = [own, inside].filter { $0 > 0 }.min()
        return Int(known ?? cmark_node_get_start_line(cmark_node_parent(node)))
    }
}
