/// Adds to a PDF's catalogue, by an incremental update (ISO 32000-1 §7.5.6), what Cairo 1.16 can't
/// write: the language, the mark that says "tagged" and the wish to show the title.
enum CatalogEntries {
    static func adding(language: String, to pdf: [UInt8]) throws(PrintError) -> [UInt8] {
        let isTag = language.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isTag, (2...35).contains(language.utf8.count) else { throw .malformedLanguage }
        // Everything needed stands in the last kilobytes, behind all content of the document's own.
        guard let trailerStart = lastRange(of: "trailer", in: pdf, before: pdf.count)?.lowerBound,
            let previous = number(after: "startxref\n", in: pdf, from: trailerStart),
            let size = number(after: "/Size ", in: pdf, from: trailerStart),
            let root = number(after: "/Root ", in: pdf, from: trailerStart),
            let info = number(after: "/Info ", in: pdf, from: trailerStart),
            let catalogue = lastRange(of: "\n\(root) 0 obj\n<<", in: pdf, before: trailerStart),
            let end = firstRange(of: "\n>>\nendobj", in: pdf, from: catalogue.upperBound)
        else { throw .renderer("unexpected shape of the PDF") }

        var bytes = pdf
        let objectStart = bytes.count
        bytes += Array("\(root) 0 obj\n<<".utf8)
        bytes += pdf[catalogue.upperBound..<end.lowerBound]
        bytes += Array(
            "\n   /Lang (\(language))\n   /ViewerPreferences << /DisplayDocTitle true >>\n".utf8)
        if firstRange(
            of: "/MarkInfo", in: Array(pdf[..<end.lowerBound]), from: catalogue.upperBound) == nil
        {
            bytes += Array("   /MarkInfo << /Marked true >>\n".utf8)
        }
        bytes += Array(">>\nendobj\n".utf8)
        let tableStart = bytes.count
        let digits = String(objectStart)
        let offset = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        bytes += Array(
            """
            xref
            \(root) 1
            \(offset) 00000 n\u{20}
            trailer
            << /Size \(size)
               /Root \(root) 0 R
               /Info \(info) 0 R
               /Prev \(previous)
            >>
            startxref
            \(tableStart)
            %%EOF

            """.utf8)
        return bytes
    }

    private static func number(after marker: String, in pdf: [UInt8], from start: Int) -> Int? {
        guard let range = firstRange(of: marker, in: pdf, from: start) else { return nil }
        let digits = pdf[range.upperBound...].prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private static func firstRange(
        of marker: String, in pdf: [UInt8], from start: Int
    ) -> Range<Int>? {
        let marker = Array(marker.utf8)
        guard start >= 0, start + marker.count <= pdf.count else { return nil }
        for index in start...(pdf.count - marker.count)
        where pdf[index] == marker[0] && pdf[index..<(index + marker.count)].elementsEqual(marker) {
            return index..<(index + marker.count)
        }
        return nil
    }

    private static func lastRange(
        of marker: String, in pdf: [UInt8], before end: Int
    ) -> Range<Int>? {
        let marker = Array(marker.utf8)
        var index = min(end, pdf.count) - marker.count
        while index >= 0 {
            if pdf[index] == marker[0], pdf[index..<(index + marker.count)].elementsEqual(marker) {
                return index..<(index + marker.count)
            }
            index -= 1
        }
        return nil
    }
}
