import FoundationEssentials
import Logging
import Messages
import Parents
import TestSupport
import Testing
import Tokens

@testable import IdP

/// The information pages of an installation whose operator writes texts.
private struct Office {
    let pages: InformationPages
    let door: TestDoor
    let folder: TextsOnDisk
    let log = RecordedLog()

    static func run(
        _ texts: [String: String] = [:], support: SupportContact = SupportContact(),
        _ body: (Office) async throws -> Void
    ) async throws {
        try await TestDesk.run(.sqlite) { test in
            let folder = try TextsOnDisk(texts)
            defer { folder.remove() }
            let pages = try InformationPages(
                desk: test.desk, support: support, textsFolder: folder.path)
            let routes = try ProviderRoutes(
                desk: test.desk, keyLead: .seconds(86_400), information: pages)
            try await body(
                Office(pages: pages, door: TestDoor(routes.responder()), folder: folder))
        }
    }

    func page(_ path: String) async throws -> String { try await door.get(path).text }

    /// What the server does every few seconds.
    func reload() { pages.reload(log: log.logger) }
}

private struct TextsOnDisk {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ texts: [String: String]) throws {
        folder = try TemporaryFolder("texts")
        for (name, text) in texts { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func delete(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + (name.isEmpty ? "" : "/" + name))
    }

    func remove() { folder.remove() }
}

@Suite("The texts of an operator (J §8.2 no. 34)")
struct OperatorTextTests {
    /// The sections of the help page, by their id.
    private static func sections(_ page: String) -> [(id: String, html: String)] {
        page.matches(of: /<section id="([^"]*)">(.*?)<\/section>/.dotMatchesNewlines())
            .map { (String($0.output.1), String($0.output.2)) }
    }

    @Test("stand in place of our sections of the help, and after them in the order of their names")
    func help() async throws {
        try await Office.run([
            "aide/courrier.md": "# Le courrier du collège\n\nIl vient par la *poste*.",
            "aide/20-ent.md": "# ENT\n\nb", "aide/10-cantine.md": "## Cantine\n\n### Menus\n\na",
            "aide/.brouillon.md": "<b>", "aide/courrier.md~": "<b>",
        ]) { office in
            let page = try await office.page("/aide")
            let sections = Self.sections(page)
            let ours = HelpTopic.allCases.map(\.rawValue)
            #expect(sections.map(\.id) == ours + ["aide-10-cantine", "aide-20-ent"])
            let letter = try #require(sections.first { $0.id == "courrier" })
            #expect(
                letter.html
                    == "<h2>Le courrier du collège</h2><p>Il vient par la <em>poste</em>.</p>")
            #expect(sections.contains { $0.html == "<h2>Cantine</h2><h3>Menus</h3><p>a</p>" })
            for (id, heading) in [("courrier", "Le courrier du collège"), ("aide-20-ent", "ENT")] {
                #expect(page.contains("<li><a href=\"#\(id)\">\(heading)</a></li>"))
            }
        }
    }

    @Test("leave the support team's coordinates and the page's one main heading (J-G-13)")
    func contact() async throws {
        let support = SupportContact(
            phone: "01 99 00 00 01", mail: MailAddress("help@example.org"),
            hours: "de 9 h à 17 h")
        try await Office.run(["contact.md": "# Votre école\n\nPoussez la porte."], support: support)
        {
            office in
            let page = try await office.page("/contact")
            for words in [
                "<h2>Votre école</h2><p>Poussez la porte.</p>", "01 99 00 00 01",
                "help@example.org",
                "de 9 h à 17 h", "Ne communiquez jamais votre mot de passe",
            ] { #expect(page.contains(words), "\(words)") }
            #expect(!page.contains("adressez-vous d&#39;abord"))
            #expect(page.matches(of: /<h1>/).count == 1)
        }
    }

    @Test("can't make untrue what the legal notice says of the cookies")
    func legal() async throws {
        try await Office.run(["mentions-legales.md": "Éditeur : le ministère.\n\n# Vos droits\n\na"]
        ) {
            office in
            let page = try await office.page("/mentions-legales")
            for words in [
                "<p>Éditeur : le ministère.</p><h2>Vos droits</h2>", "trois cookies",
                "__Host-educonnect",
                "180 jours", "10 heures",
            ] { #expect(page.contains(words), "\(words)") }
            #expect(!page.contains("rectification"))
        }
    }

    @Test("are taken while the server runs: changed, new and deleted ones")
    func changes() async throws {
        try await Office.run(["contact.md": "first"]) { office in
            let before = try await office.page("/aide")
            try office.folder.write("contact.md", "second")
            try office.folder.write("aide/cantine.md", "# Cantine")
            #expect(try await office.page("/contact").contains("<p>first</p>"))
            office.reload()
            #expect(try await office.page("/contact").contains("<p>second</p>"))
            #expect(try await office.page("/aide").contains("<h2>Cantine</h2>"))
            try office.folder.delete("contact.md")
            try office.folder.delete("aide")
            office.reload()
            #expect(try await office.page("/contact").contains("adressez-vous d&#39;abord"))
            #expect(try await office.page("/aide") == before)
            #expect(office.log.lines.count == 2)
        }
    }

    @Test(
        "stay as they were where an edited one is wrong, which the log says once, with file and line",
        arguments: [
            ("a\n\n<b>c</b>", "contact.md:3: raw HTML is not allowed"),
            ("", "contact.md:1: there is"),
            (String(repeating: "a\n", count: 40_000), "contact.md: this is longer than 64 KiB"),
        ])
    func wrongEdit(_ text: String, _ problem: String) async throws {
        try await Office.run(["contact.md": "first"]) { office in
            try office.folder.write("contact.md", text)
            try office.folder.write("mentions-legales.md", "legal")
            for _ in 0..<3 { office.reload() }
            #expect(try await office.page("/contact").contains("<p>first</p>"))
            #expect(try await office.page("/mentions-legales").contains("<p>legal</p>"))
            #expect(office.log.lines.count { $0.contains(problem) } == 1)
            try office.folder.write("contact.md", "second")
            office.reload()
            #expect(try await office.page("/contact").contains("<p>second</p>"))
        }
    }

    @Test("stay where the folder can't be read any more, which the log says once")
    func lostFolder() async throws {
        try await Office.run(["contact.md": "first"]) { office in
            try office.folder.delete("")
            for _ in 0..<3 { office.reload() }
            #expect(try await office.page("/contact").contains("<p>first</p>"))
            #expect(office.log.lines.count == 1)
            try office.folder.write("contact.md", "second")
            office.reload()
            #expect(try await office.page("/contact").contains("<p>second</p>"))
        }
    }

    @Test("are refused at the start, all errors at once, each with its file and line")
    func start() async throws {
        try await TestDesk.run(.sqlite) { test in
            let folder = try TextsOnDisk([
                "contact.md": "<b>a</b>\n\n![b](c.png)", "mention-legales.md": "a",
                "aide/compte.md": "a\n\n# b", "aide/Été.md": "# a", "aide/perdu.md": "# a",
            ])
            defer { folder.remove() }
            try folder.write("mentions-legales.md", [0x61, 0x0A, 0xE9])
            #expect {
                try InformationPages(desk: test.desk, textsFolder: folder.path)
            } throws: { error in
                let lines = "\(error)".split(separator: "\n").dropFirst()
                return lines.map { $0.drop { $0 == " " } }.count == 6
                    && [
                        "contact.md:1: raw HTML", "contact.md:3: pictures",
                        "mention-legales.md: only contact.md",
                        "aide/compte.md:1: the text must begin with a heading",
                        "aide/Été.md: only contact.md", "mentions-legales.md:2: this is not UTF-8",
                    ].allSatisfy { words in lines.contains { $0.contains(words) } }
            }
        }
    }

    @Test("are bounded in number, and must have a folder")
    func bounds() async throws {
        try await TestDesk.run(.sqlite) { test in
            let folder = try TextsOnDisk([:])
            defer { folder.remove() }
            for number in 0..<64 { try folder.write("aide/\(number).md", "# a") }
            _ = try InformationPages(desk: test.desk, textsFolder: folder.path)
            try folder.write("contact.md", "a")
            #expect(throws: (any Error).self) {
                try InformationPages(desk: test.desk, textsFolder: folder.path)
            }
            #expect(throws: (any Error).self) {
                try InformationPages(desk: test.desk, textsFolder: folder.path + "/none")
            }
        }
    }
}
