import Glibc
import HTML
import HTTPTypes
import Testing

@testable import Serving

@Suite("The style sheet")
struct StyleTests {
    private let css = String(decoding: StyleSheet.bytes, as: UTF8.self)

    /// The colours by their names.
    private var colours: [String: (red: Double, green: Double, blue: Double)] {
        var colours: [String: (Double, Double, Double)] = [:]
        for part in css.components(separatedBy: "--").dropFirst() {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, let hash = pair[1].firstIndex(of: "#"),
                pair[1].prefix(2).contains("#")
            else { continue }
            let digits = pair[1][pair[1].index(after: hash)...].prefix(6)
            guard let value = Int(digits, radix: 16) else { continue }
            func linear(_ channel: Int) -> Double {
                let share = Double(channel & 0xFF) / 255
                return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            colours[String(pair[0])] = (linear(value >> 16), linear(value >> 8), linear(value))
        }
        return colours
    }

    /// WCAG 2.2, "contrast ratio".
    private func contrast(_ one: String, _ other: String) throws -> Double {
        func luminance(_ name: String) throws -> Double {
            let colour = try #require(colours[name], "\(name)")
            return 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue
        }
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test(
        "lets text stand out from its ground by 4.5 : 1 (WCAG 1.4.3)",
        arguments: [
            ("ink", "paper"), ("ink", "ground"), ("grey", "paper"), ("grey", "ground"),
            ("grey", "blue-mist"),
            ("blue", "paper"), ("blue", "blue-mist"), ("paper", "blue"), ("paper", "blue-deep"),
            ("error", "paper"), ("paper", "error"), ("error", "error-mist"),
            ("warning", "warning-mist"),
            ("success", "success-mist"), ("information", "information-mist"), ("ink", "error-mist"),
            ("ink", "information-mist"), ("ink", "success-mist"), ("ink", "warning-mist"),
            ("edge", "paper"),
        ])
    func text(colour: String, ground: String) throws {
        #expect(try contrast(colour, ground) >= 4.5)
    }

    @Test(
        "lets controls and focus stand out by 3 : 1 (WCAG 1.4.11)",
        arguments: [
            ("edge", "paper"), ("focus", "paper"), ("focus", "blue-mist"), ("error", "paper"),
            ("blue", "ground"),
        ])
    func controls(colour: String, ground: String) throws {
        #expect(try contrast(colour, ground) >= 3)
    }

    @Test("is small, balanced and loads nothing")
    func sober() {
        #expect(StyleSheet.bytes.count < 20 * 1024)
        #expect(
            css.utf8.count { $0 == UInt8(ascii: "{") } == css.utf8.count { $0 == UInt8(ascii: "}") }
        )
        for word in ["url(", "@import", "http:", "https:", "expression("] {
            #expect(!css.contains(word))
        }
        #expect(css.contains("prefers-reduced-motion"))
        #expect(css.contains("@media print"))
    }

    @Test("names every class that the frame and the components use")
    func classes() throws {
        let page = sampleLayout.page(
            title: "x", width: .wide, navigation: [Layout.Link("a", "/")], current: "/",
            user: Layout.UserMenu(
                name: "x", detail: "y", links: [Layout.Link("a", "/")],
                signOut: Layout.UserMenu.signOutForm(action: "/x", hidden: []))
        ) {
            Card("x") { TextField(label: "x", name: "x", hint: "h", error: "e", isRequired: false) }
            Notice(.error, title: "x", text: "x")
            Notice(.warning, text: "x")
            Notice(.success, text: "x")
            Notice(.information, text: "x")
            TileGrid { Tile(title: "x", href: "/", detail: "y", icon: Artwork.child) }
            Table(caption: "x", columns: ["a"], rows: [[.text("b")]])
            Table(caption: "x", columns: [], rows: [], emptyText: "x")
            FactList([("a", .text("b"))])
            Separator("OU")
            StepIndicator(step: 1, of: 2, title: "x")
            Checkbox(label: "x", name: "x")
            ButtonRow { SubmitButton("x", kind: .danger) }
            LinkButton("x", href: "/")
            LinkList([a(.href("/"))])
            FailurePage(
                failure: RequestFailure(
                    status: .notFound, correlation: CorrelationID(1), headers: [:])
            ).inside(sampleLayout)
        }
        let text = String(decoding: page.render(), as: UTF8.self)
        for list in text.components(separatedBy: "class=\"").dropFirst() {
            let names = try #require(list.split(separator: "\"").first)
            for name in names.split(separator: " ") where name != "content-wide" {
                #expect(css.contains(".\(name)"), "\(name)")
            }
        }
    }
}
