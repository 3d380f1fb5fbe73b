import HTML
import Markdown

private let elements: Set<String> = [
    "a", "blockquote", "code", "em", "h2", "h3", "h4", "li", "ol", "p", "pre", "strong", "ul",
]
private let voids: Set<String> = ["br", "hr"]
private let schemes = ["http:", "https:", "mailto:", "tel:"]

/// Whatever is written: it is refused at lines that it has, or becomes elements of a text alone, well
/// nested, with headings without a gap and links to where links may lead.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(MarkdownErrors) {
        let text = try MarkdownText(bytes)
        let html = text.content.render()
        check(html)
        precondition(text.heading == nil || html.starts(with: "<h2>".utf8), "where is its heading?")
    } catch {
        // cmark ends a line at a carriage return too.
        let lines = 1 + bytes.count { $0 == 0x0A || $0 == 0x0D }
        precondition(!error.entries.isEmpty)
        precondition(error.entries.allSatisfy { (1...lines).contains($0.line) }, "no such line")
    }
    return 0
}

/// By bytes: a mark that joins what stands before it would hide a `>`.
private func check(_ html: [UInt8]) {
    var (open, level): ([String], Int) = ([], 1)
    for part in html.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
        .dropFirst()
    {
        guard let end = part.firstIndex(of: UInt8(ascii: ">")) else {
            preconditionFailure("a tag has no end")
        }
        let tag = part[..<end]
        if tag.first == UInt8(ascii: "/") {
            precondition(open.popLast() == text(tag.dropFirst()), "badly nested")
            continue
        }
        let name = text(tag.prefix { $0 != UInt8(ascii: " ") })
        if voids.contains(name) { continue }
        precondition(elements.contains(name), "an element that no text has")
        open.append(name)
        if name.hasPrefix("h"), let number = Int(name.dropFirst()) {
            precondition(number <= level + 1, "a heading skips a level")
            level = number
        }
        if name == "a" { checkLink(tag) }
    }
    precondition(open.isEmpty, "not closed")
}

private func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
}

private func checkLink(_ tag: ArraySlice<UInt8>) {
    let values = tag.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    precondition(values.first.map(text) == "a href=" && values.count >= 3)
    let address = text(values[1]).lowercased()
    let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789+-.".utf8)
    // A colon after what no scheme can hold is a character of a path.
    let scheme = address.utf8.prefix { letters.contains($0) }
    guard address.utf8.dropFirst(scheme.count).first == UInt8(ascii: ":") else { return }
    precondition(schemes.contains { address.utf8.starts(with: $0.utf8) }, "a link to \(address)")
}
