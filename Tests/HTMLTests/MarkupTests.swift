import HTML
import Testing

extension Markup {
    var text: String { String(decoding: render(), as: UTF8.self) }
}

@Suite("A page's markup")
struct MarkupTests {
    @Test("shows every text as it is, whatever it holds")
    func escapes() {
        let evil = "<script>alert('x')</script> & \"y\""
        #expect(
            p(text: evil).text
                == "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;</p>")
        #expect(
            div(.title(evil), .data("name", evil)) { evil }.text.components(of: "<script") == 1)
    }

    @Test("keeps accents and other scripts, and drops control characters")
    func characters() {
        #expect(p(text: "Élève – 学生\u{A0}!").text == "<p>Élève – 学生\u{A0}!</p>")
        #expect(p(text: "a\u{0}b\u{8}c\u{1B}[31m\u{7F}\nd").text == "<p>abc[31m\nd</p>")
    }

    @Test("has unescaped parts only from literals of the source")
    func literals() {
        #expect(p { Markup.literal("<b>fort</b>") }.text == "<p><b>fort</b></p>")
    }

    @Test("follows conditions and loops in its order")
    func builder() {
        let names = ["Léa", "Enzo"]
        let shown: String? = nil
        let list = ul {
            for name in names { li(text: name) }
            if names.isEmpty { li(text: "personne") } else { li(text: "fin") }
            shown
            if let shown { li(text: shown) }
        }
        #expect(list.text == "<ul><li>Léa</li><li>Enzo</li><li>fin</li></ul>")
    }

    @Test("leaves out an absent attribute, and writes a bare one bare")
    func attributes() {
        let none: String? = nil
        #expect(
            input(.type(.text), none.map(Attribute.value), .required).text
                == "<input type=\"text\" required>")
        #expect(br().text == "<br>")
    }

    @Test(
        "links nowhere that could run a script",
        arguments: [
            "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
            "java\tscript:alert(1)", "\u{1}javascript:alert(1)", "data:text/html,x", "vbscript:x",
            "blob:x", ":x", "unknown:x",
        ])
    func scripts(url: String) {
        #expect(a(.href(url)).text == "<a href=\"#\"></a>")
        #expect(form(.action(url)).text == "<form action=\"#\"></form>")
        if url != "unknown:x" {
            #expect(a(.href(registered: url)).text == "<a href=\"#\"></a>")
        }
    }

    @Test(
        "links where it should",
        arguments: [
            "/compte", "?page=2", "#content", "https://example.org/?a=b:c", "mailto:a@example.org",
            "tel:0639980001", "page:2/x".replacingColon, "",
        ])
    func links(url: String) {
        #expect(a(.href(url)).text == "<a href=\"\(url)\"></a>")
    }

    @Test("lets a registered redirect URI have an application's own scheme")
    func nativeScheme() {
        let url = "fr.example.app:/cb?code=1"
        #expect(a(.href(registered: url)).text == "<a href=\"\(url)\"></a>")
        #expect(a(.href(url)).text == "<a href=\"#\"></a>")
    }

    @Test("is the same prerendered")
    func prerendered() {
        let part = p { "a & b" }
        #expect(div { part.prerendered() }.text == div { part }.text)
    }

    @Test("is a document with a language")
    func wholeDocument() {
        let page = document(lang: "fr") { body { "Bonjour" } }
        #expect(page.text == "<!DOCTYPE html>\n<html lang=\"fr\"><body>Bonjour</body></html>")
    }
}

extension String {
    /// One more than the number of times that `part` occurs.
    func components(of part: String) -> Int {
        var count = 1
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(part) { count += 1 }
            rest = rest.dropFirst()
        }
        return count
    }

    /// A path segment that holds a colon needs `./` before it.
    var replacingColon: String { "./" + self }
}
