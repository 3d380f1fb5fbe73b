import Foundation
import Print
import Testing

@Suite("A QR code")
struct QRCodeTests {
    let metadata = Document.Metadata(
        title: "Code", author: "École Charlemagne", createdAt: Date(timeIntervalSince1970: 0))

    /// What a reader finds on the printed page (poppler-utils, zbar-tools).
    private func read(_ pdf: [UInt8]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "qr-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "page.pdf")
        try Data(pdf).write(to: file)
        let image = folder.appending(path: "page")
        _ = try run("/usr/bin/pdftoppm", ["-r", "150", "-gray", file.path, image.path])
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pgm") }.sorted()
        return try pages.map { page in
            let found = try run(
                "/usr/bin/zbarimg", ["--quiet", "--raw", folder.appending(path: page).path])
            return found.trimmingCharacters(in: .newlines)
        }
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("is read back from the page", arguments: [20.0, 28, 60])
    func readable(side: Double) throws {
        let text = "https://educonnect.example.org/?a=b&c=%C3%A9"
        let pdf = try Document(
            metadata,
            blocks: [
                .paragraph("Avant"), .qrCode(try QRCode(text), side: side, alignment: .centre),
                .pageBreak, .qrCode(try QRCode("2"), side: side),
            ]
        ).pdf()
        #expect(try read(pdf) == [text, "2"])
    }

    @Test("has a square of 21 modules at least, whose corners are dark")
    func shape() throws {
        let code = try QRCode("A")
        #expect(code.side == 21)
        let first = try #require(code.bars.first)
        #expect((first.row, first.column, first.length) == (0, 0, 7))
        #expect(code.bars.allSatisfy { $0.column + $0.length <= code.side })
        #expect(try QRCode(String(repeating: "A", count: 2_331)).side == 177)
    }

    @Test("is refused for a text that no code holds, and a side off the page")
    func refused() throws {
        for text in ["", "école"] {
            #expect(throws: PrintError.malformedCode) { try QRCode(text) }
        }
        #expect(throws: PrintError.tooLong) { try QRCode(String(repeating: "A", count: 2_332)) }
        let code = try QRCode("A")
        for side in [0, -1, 200, Double.nan, .infinity] {
            let document = Document(metadata, blocks: [.qrCode(code, side: side)])
            #expect(throws: PrintError.malformedCode) { try document.pdf() }
        }
    }
}
