import HTML
import Markdown
import Testing

@Suite("A text in Markdown")
struct MarkdownTextTests {
    private func html(_ text: String) throws -> String {
        String(decoding: try MarkdownText(Array(text.utf8)).content.render(), as: UTF8.self)
    }

    /// `line: problem`, one a line.
    private func problems(_ text: String) -> [String] {
        problems(Array(text.utf8))
    }

    private func problems(_ bytes: [UInt8]) -> [String] {
        do throws(MarkdownErrors) {
            _ = try MarkdownText(bytes)
            return []
        } catch {
            return error.entries.map { "\($0.line): \($0.problem)" }
        }
    }

    @Test(
        "becomes our own elements",
        arguments: [
            ("a\nb", "<p>a\nb</p>"),
            ("a\n\nb", "<p>a</p><p>b</p>"),
            ("a  \nb", "<p>a<br>b</p>"),
            ("*a* **b** `c <d>`", "<p><em>a</em> <strong>b</strong> <code>c &lt;d&gt;</code></p>"),
            ("- a\n- b\n", "<ul><li>a</li><li>b</li></ul>"),
            ("- a\n\n- b\n", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
            ("- a\n  1. b\n", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
            ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
            ("> a", "<blockquote><p>a</p></blockquote>"),
            ("```\n<a>\n```", "<pre><code>&lt;a&gt;\n</code></pre>"),
            ("---", "<hr>"),
            ("[a](/aide#compte)", "<p><a href=\"/aide#compte\">a</a></p>"),
            (
                "[a][b]\n\n[b]: https://example.org \"c\"",
                "<p><a href=\"https://example.org\" title=\"c\">a</a></p>"
            ),
            (
                "<help@example.org>",
                "<p><a href=\"mailto:help@example.org\">help@example.org</a></p>"
            ),
            ("[a](tel:0199000001)", "<p><a href=\"tel:0199000001\">a</a></p>"),
            ("« L'élève » &amp; &eacute; &lt;", "<p>« L&#39;élève » &amp; é &lt;</p>"),
            ("\u{FEFF}a\r\n\r\nb", "<p>a</p><p>b</p>"),
        ])
    func elements(_ text: String, _ expected: String) throws {
        #expect(try html(text) == expected)
    }

    @Test(
        "has headings from h2 on, without a gap, whatever it was written with",
        arguments: [
            ("# a\n## b\n### c\n#### d\n# e", "h2 h3 h4 h4 h2"),
            ("### a\n###### b\n#### c\n### d", "h2 h3 h3 h2"),
            ("### a\n# b\n### c", "h2 h2 h3"),
            ("a\n=\nb\n-\n> # c", "h2 h3 h2"),
        ])
    func headings(_ text: String, _ expected: String) throws {
        let levels = try html(text).matches(of: /<(h\d)>/).map { String($0.output.1) }
        #expect(levels.joined(separator: " ") == expected)
    }

    @Test("tells the words of its first heading, if it begins with one")
    func firstHeading() throws {
        func heading(_ text: String) throws -> String? {
            try MarkdownText(Array(text.utf8)).heading
        }
        #expect(try heading("# La *cantine* `x`\n\na") == "La cantine x")
        #expect(try heading("a\n\n# b") == nil)
    }

    @Test(
        "is refused with the line of what it may not hold",
        arguments: [
            ("a\n\n<div>\nb\n</div>", ["3: raw HTML is not allowed"]),
            ("a\nb <b>c</b>", ["2: raw HTML is not allowed"]),
            ("a\n<!-- b -->", ["2: raw HTML is not allowed"]),
            ("- a\n- ![b](/c.png)", ["2: pictures are not allowed"]),
            ("a\n\n[b](javascript:alert(1))", ["3: \(wrongLink)"]),
            ("[a](JaVaScRiPt:x)", ["1: \(wrongLink)"]),
            ("[a](data:text/html,x)", ["1: \(wrongLink)"]),
            ("[a](ftp://example.org/)", ["1: \(wrongLink)"]),
            ("[a](&#106;avascript:x)", ["1: \(wrongLink)"]),
            ("[a](<\tjavascript:x>)", ["1: \(wrongLink)"]),
            ("a\n\n[b]\n\n[b]: vbscript:x", ["3: \(wrongLink)"]),
            ("[a]()", ["1: a link has no address"]),
            ("[](/a)", ["1: a link has no text"]),
            ("a\n\n#\n", ["3: a heading has no text"]),
            ("", ["1: there is no text"]), (" \n\n", ["1: there is no text"]),
            (
                "<i>a</i>\n\n![b](c)\n\n[d](e:f)",
                [
                    "1: raw HTML is not allowed", "3: pictures are not allowed",
                    "5: \(wrongLink)",
                ]
            ),
        ])
    func refused(_ text: String, _ expected: [String]) {
        #expect(problems(text) == expected)
    }

    static let wrongLink = "a link must be relative, or https, http, mailto or tel"

    @Test("is refused where it is not UTF-8, line by line")
    func encoding() {
        let bytes = Array("a\n".utf8) + [0xE9, 0x0A] + Array("c\n".utf8) + [0xC3]
        #expect(problems(bytes) == ["2: this is not UTF-8", "4: this is not UTF-8"])
    }

    @Test(
        "of any depth costs no stack, and past what people write is refused",
        arguments: [">", "> - ", "- ", "*a **b "])
    func depth(_ part: String) {
        let deep =
            String(repeating: part, count: 4000) + "x" + String(repeating: "** *", count: 4000)
        for text in [deep, "# " + deep, "[\(deep)](/)"] {
            #expect(problems(text).count <= 20)
        }
        #expect(problems(String(repeating: "> ", count: 17) + "x").count == 1)
        #expect(problems(String(repeating: "> ", count: 16) + "x").isEmpty)
    }
}
