/// An element with content. Only the ones declared here exist: a misspelt element does not compile.
///
/// Where a local name hides one (a parameter `label`, say), write `HTML.label(…)`.
public struct Tag: Sendable {
    let name: StaticString

    /// The element with `attributes` (absent where `nil`) around `content`.
    public func callAsFunction(
        _ attributes: Attribute?..., @MarkupBuilder content: () -> Markup = { .empty }
    ) -> Markup {
        Markup(node: .element(self, attributes, content()))
    }

    /// The element around one text.
    public func callAsFunction(_ attributes: Attribute?..., text: String) -> Markup {
        Markup(node: .element(self, attributes, .text(text)))
    }

    /// The same with a list of attributes that was put together before.
    public func callAsFunction(
        attributes: [Attribute?], @MarkupBuilder content: () -> Markup = { .empty }
    ) -> Markup {
        Markup(node: .element(self, attributes, content()))
    }

    func writeStart(_ attributes: [Attribute?], into output: inout [UInt8]) {
        output.append(UInt8(ascii: "<"))
        Escaping.append(verbatim: name, to: &output)
        for case let attribute? in attributes { attribute.write(into: &output) }
        output.append(UInt8(ascii: ">"))
    }

    func writeEnd(into output: inout [UInt8]) {
        output.append(UInt8(ascii: "<"))
        output.append(UInt8(ascii: "/"))
        Escaping.append(verbatim: name, to: &output)
        output.append(UInt8(ascii: ">"))
    }
}

/// An element that never has content (HTML Living Standard §13.1.2).
public struct VoidTag: Sendable {
    let name: StaticString

    public func callAsFunction(_ attributes: Attribute?...) -> Markup {
        Markup(node: .void(self, attributes))
    }

    public func callAsFunction(attributes: [Attribute?]) -> Markup {
        Markup(node: .void(self, attributes))
    }

    func write(_ attributes: [Attribute?], into output: inout [UInt8]) {
        output.append(UInt8(ascii: "<"))
        Escaping.append(verbatim: name, to: &output)
        for case let attribute? in attributes { attribute.write(into: &output) }
        output.append(UInt8(ascii: ">"))
    }
}

// Documents. `style` and inline scripts are absent on purpose: our content security policy refuses them.
public let html = Tag(name: "html")
public let head = Tag(name: "head")
public let title = Tag(name: "title")
public let meta = VoidTag(name: "meta")
public let link = VoidTag(name: "link")
public let script = Tag(name: "script")
public let body = Tag(name: "body")

// Sections.
public let header = Tag(name: "header")
public let nav = Tag(name: "nav")
public let main = Tag(name: "main")
public let section = Tag(name: "section")
public let article = Tag(name: "article")
public let aside = Tag(name: "aside")
public let footer = Tag(name: "footer")
public let h1 = Tag(name: "h1")
public let h2 = Tag(name: "h2")
public let h3 = Tag(name: "h3")
public let h4 = Tag(name: "h4")
public let address = Tag(name: "address")

// Blocks.
public let div = Tag(name: "div")
public let p = Tag(name: "p")
public let ul = Tag(name: "ul")
public let ol = Tag(name: "ol")
public let li = Tag(name: "li")
public let dl = Tag(name: "dl")
public let dt = Tag(name: "dt")
public let dd = Tag(name: "dd")
public let pre = Tag(name: "pre")
public let blockquote = Tag(name: "blockquote")
public let figure = Tag(name: "figure")
public let figcaption = Tag(name: "figcaption")
public let details = Tag(name: "details")
public let summary = Tag(name: "summary")
public let hr = VoidTag(name: "hr")
public let dialog = Tag(name: "dialog")

// Phrases.
public let a = Tag(name: "a")
public let abbr = Tag(name: "abbr")
public let code = Tag(name: "code")
public let em = Tag(name: "em")
public let kbd = Tag(name: "kbd")
public let small = Tag(name: "small")
public let span = Tag(name: "span")
public let strong = Tag(name: "strong")
public let time = Tag(name: "time")
public let br = VoidTag(name: "br")
public let img = VoidTag(name: "img")

// Tables.
public let table = Tag(name: "table")
public let caption = Tag(name: "caption")
public let thead = Tag(name: "thead")
public let tbody = Tag(name: "tbody")
public let tr = Tag(name: "tr")
public let th = Tag(name: "th")
public let td = Tag(name: "td")

// Forms.
public let form = Tag(name: "form")
public let fieldset = Tag(name: "fieldset")
public let legend = Tag(name: "legend")
public let label = Tag(name: "label")
public let input = VoidTag(name: "input")
public let select = Tag(name: "select")
public let optgroup = Tag(name: "optgroup")
public let option = Tag(name: "option")
public let textarea = Tag(name: "textarea")
public let button = Tag(name: "button")
public let output = Tag(name: "output")
