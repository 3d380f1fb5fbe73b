import Foundation
import Print
import Testing

/// What a reader's tools say about a PDF (poppler-utils).
private func poppler(_ tool: String, _ arguments: [String], _ pdf: [UInt8]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(
        path: "print-\(UUID().uuidString).pdf")
    try Data(pdf).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/\(tool)")
    process.arguments = arguments.map { $0 == "FILE" ? file.path : $0 }
    process.standardOutput = output
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaints = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(complaints == "")
    return text
}

@Suite("A printed document")
struct DocumentTests {
    let metadata = Document.Metadata(
        title: "Bilan périodique – Élève Œdipe", author: "École Jean Macé",
        createdAt: Date(timeIntervalSince1970: 1_500_000_000))

    @Test("keeps accents, ligatures and French quotation marks as text")
    func accents() throws {
        let pdf = try Document(
            metadata, footer: "Livret scolaire",
            blocks: [
                .heading("Bilan de l’élève", level: .first),
                .paragraph("« Cœur, forêt, où, Noël, ÇA, l’été : 20 € – œuvre » ?"),
                .paragraph("Identifiant 0Oo1lI", style: .monospaced, alignment: .centre),
            ]
        ).pdf()
        #expect(pdf.starts(with: Array("%PDF-1.4".utf8)))
        let text = try poppler("pdftotext", ["-layout", "FILE", "-"], pdf)
        #expect(text.contains("Bilan de l’élève"))
        #expect(text.contains("« Cœur, forêt, où, Noël, ÇA, l’été : 20 € – œuvre » ?"))
        #expect(text.contains("Identifiant 0Oo1lI"))
        #expect(text.contains("Livret scolaire"))
        #expect(text.contains("Page 1 sur 1"))
    }

    @Test("carries title, author, date and language, is tagged and A4")
    func properties() throws {
        let pdf = try Document(
            metadata, blocks: [.heading("Titre", level: .first), .paragraph("Texte")]
        ).pdf()
        let info = try poppler("pdfinfo", ["-isodates", "FILE"], pdf)
        #expect(info.contains(/Title: +Bilan périodique – Élève Œdipe/))
        #expect(info.contains(/Author: +École Jean Macé/))
        #expect(info.contains(/CreationDate: +2017-07-14T02:40:00(Z|\+00)/))
        #expect(info.contains(/Tagged: +yes/))
        #expect(info.contains("(A4)"))
        #expect(String(decoding: pdf, as: UTF8.self).contains("/Lang (fr-FR)"))
        let structure = try poppler("pdfinfo", ["-struct", "FILE"], pdf)
        #expect(structure.contains("H1 (block)"))
        #expect(structure.contains("P (block)"))
    }

    @Test("embeds each font it uses")
    func fonts() throws {
        let pdf = try Document(
            metadata,
            blocks: [
                .paragraph("a"), .paragraph("b", style: .strong),
                .paragraph("c", style: .monospaced),
            ]
        ).pdf()
        let rows = try poppler("pdffonts", ["FILE"], pdf).split(separator: "\n").dropFirst(2)
        #expect(rows.count == 3)
        // The columns end with: emb sub uni object ID.
        for row in rows { #expect(row.contains(#/ yes +yes +(yes|no) +[0-9]+ +0$/#), "\(row)") }
    }

    @Test("breaks long texts over pages and numbers them, losing no line")
    func pages() throws {
        let paragraphs = (1...400).map { Document.Block.paragraph("Ligne numéro \($0).") }
        let pdf = try Document(metadata, blocks: paragraphs).pdf()
        let text = try poppler("pdftotext", ["-layout", "FILE", "-"], pdf)
        let pages = text.split(separator: "\u{0C}").filter { $0.contains(/\S/) }
        #expect(pages.count > 5)
        for (index, page) in pages.enumerated() {
            #expect(page.contains("Page \(index + 1) sur \(pages.count)"))
        }
        for number in 1...400 { #expect(text.contains("Ligne numéro \(number).")) }
        let info = try poppler("pdfinfo", ["FILE"], pdf)
        #expect(info.contains("Pages:           \(pages.count)\n"))
    }

    @Test("repeats a table's head on each page and keeps its cells in their columns")
    func tables() throws {
        let rows = (1...120).map { ["Français \($0)", "Lecture à voix haute", "Objectif atteint"] }
        let table = Document.Table(
            columns: [
                .init("Domaine", weight: 2), .init("Éléments", weight: 3),
                .init("Positionnement", weight: 2, alignment: .right),
            ],
            rows: rows)
        let pdf = try Document(metadata, blocks: [.table(table)]).pdf()
        let text = try poppler("pdftotext", ["-layout", "FILE", "-"], pdf)
        let pages = text.split(separator: "\u{0C}").filter { $0.contains(/\S/) }
        #expect(pages.count > 2)
        for page in pages { #expect(page.contains(/Domaine +Éléments +Positionnement/)) }
        for number in 1...120 {
            #expect(text.contains("Français \(number) "))
        }
        #expect(text.contains(/Français 1 +Lecture à voix haute +Objectif atteint/))
        let structure = try poppler("pdfinfo", ["-struct", "FILE"], pdf)
        for tag in ["Table", "TR", "TH", "TD"] { #expect(structure.contains(tag)) }
    }

    @Test("cuts a table row that is longer than a page")
    func tallRow() throws {
        let long = (1...3000).map { "mot\($0)" }.joined(separator: " ")
        let table = Document.Table(columns: [.init("A"), .init("B")], rows: [["court", long]])
        let pdf = try Document(
            metadata, blocks: [.table(table), .paragraph(String(repeating: "x", count: 200))]
        ).pdf()
        let text = try poppler("pdftotext", ["FILE", "-"], pdf)
        // A word that is too long for its line is cut without a hyphen that nobody wrote.
        #expect(text.contains("xxx\nxxx"))
        for number in [1, 500, 1500, 2999, 3000] { #expect(text.contains("mot\(number)")) }
    }

    @Test("prints control characters as spaces, and a NUL cuts nothing")
    func controls() throws {
        var odd = metadata
        odd.title = "Avant\u{0}après"
        let pdf = try Document(odd, blocks: [.paragraph("un\u{0}deux\u{1B}trois\tquatre\nsuite")])
            .pdf()
        let text = try poppler("pdftotext", ["-layout", "FILE", "-"], pdf)
        #expect(text.contains("un deux trois quatre"))
        #expect(text.contains("suite"))
        #expect(try poppler("pdfinfo", ["FILE"], pdf).contains("Avantaprès"))
    }

    @Test("is the same bytes for the same value")
    func deterministic() throws {
        let document = Document(
            metadata, blocks: [.paragraph("Texte"), .rule, .space(5), .pageBreak])
        #expect(try document.pdf() == document.pdf())
    }

    @Test("lies across where it is asked to: a list of many columns fits")
    func landscape() throws {
        let columns = (1...10).map { Document.Table.Column("Colonne \($0)") }
        let pdf = try Document(
            metadata, orientation: .landscape, footer: "Liste",
            blocks: [.table(.init(columns: columns, rows: [columns.map(\.title)]))]
        ).pdf()
        let info = try poppler("pdfinfo", ["FILE"], pdf)
        #expect(info.contains(/Page size: +841.89 x 595.276 pts \(A4\)/))
        let text = try poppler("pdftotext", ["-layout", "FILE", "-"], pdf)
        #expect(text.contains(/Colonne 1 +Colonne 2 .* Colonne 10/))
        #expect(text.contains(/Liste .* Page 1 sur 1/))
    }

    @Test("is refused where a table, the language or the length can't be printed")
    func refused() {
        func error(_ document: Document) -> PrintError? {
            do throws(PrintError) {
                _ = try document.pdf()
                return nil
            } catch { return error }
        }
        let rows = Document.Table(columns: [.init("A")], rows: [["1", "2"]])
        #expect(error(Document(metadata, blocks: [.table(rows)])) == .malformedTable)
        #expect(
            error(Document(metadata, blocks: [.table(.init(columns: [], rows: []))]))
                == .malformedTable)
        let weightless = Document.Table(columns: [.init("A", weight: 0)], rows: [])
        #expect(error(Document(metadata, blocks: [.table(weightless)])) == .malformedTable)
        let breaks = Array(repeating: Document.Block.pageBreak, count: 2_600)
        #expect(error(Document(metadata, blocks: breaks)) == .tooLong)
        var spoken = metadata
        spoken.language = "fr) /Evil (x"
        #expect(error(Document(spoken, blocks: [])) == .malformedLanguage)
    }
}
