import FoundationEssentials

/// A printed document as a value: A4 pages of text and tables, with page numbers. `pdf()` renders
/// it.
///
/// The PDF is tagged (headings, paragraphs, tables), carries title, author and language, and embeds
/// the glyphs it uses.
public struct Document: Sendable, Equatable {
    public struct Metadata: Sendable, Equatable {
        public var title: String
        public var author: String
        /// BCP 47, for screen readers and hyphenation.
        public var language: String
        public var createdAt: Date

        public init(title: String, author: String, language: String = "fr-FR", createdAt: Date) {
            self.title = title
            self.author = author
            self.language = language
            self.createdAt = createdAt
        }
    }

    public enum Block: Sendable, Equatable {
        /// Level 1 is the document's own title.
        case heading(String, level: HeadingLevel)
        case paragraph(String, style: TextStyle = .body, alignment: Alignment = .left)
        case table(Table)
        /// Empty height in millimetres.
        case space(Double)
        case rule
        case pageBreak
        /// A code with its quiet zone, `side` millimetres in all. A screen reader passes over it: what it
        /// says stands in the text beside it.
        case qrCode(QRCode, side: Double, alignment: Alignment = .left)
    }

    /// A4.
    public enum Orientation: Sendable { case portrait, landscape }
    public enum HeadingLevel: Int, Sendable { case first = 1, second, third }
    public enum TextStyle: Sendable { case body, strong, small, monospaced }
    public enum Alignment: Sendable { case left, centre, right }

    public struct Table: Sendable, Equatable {
        public struct Column: Sendable, Equatable {
            public var title: String
            /// Its share of the width, relative to the others; above 0.
            public var weight: Double
            public var alignment: Alignment

            public init(_ title: String, weight: Double = 1, alignment: Alignment = .left) {
                self.title = title
                self.weight = weight
                self.alignment = alignment
            }
        }

        public var columns: [Column]
        /// Cells in the columns' order; missing ones are empty, surplus ones an error.
        public var rows: [[String]]

        public init(columns: [Column], rows: [[String]]) {
            self.columns = columns
            self.rows = rows
        }
    }

    public var metadata: Metadata
    public var blocks: [Block]
    /// Stands left in the foot of each page, beside « Page 1 sur 3 ».
    public var footer: String
    /// As fontconfig knows it; a family that is not installed is replaced by its default.
    public var fontFamily = "DejaVu Sans"
    public var orientation: Orientation

    public init(
        _ metadata: Metadata, orientation: Orientation = .portrait, footer: String = "",
        blocks: [Block] = []
    ) {
        self.metadata = metadata
        self.orientation = orientation
        self.footer = footer
        self.blocks = blocks
    }

    /// The document as PDF 1.4. Takes some milliseconds a page of CPU: call it off the event loops.
    public func pdf() throws(PrintError) -> [UInt8] {
        let sheet = Sheet(orientation)
        var composer = try Composer(
            sheet: sheet, fontFamily: fontFamily, language: metadata.language)
        for block in blocks { try composer.add(block) }
        let pages = composer.finish(footer: footer)
        let bytes = try PDFCanvas.render(pages, sheet, metadata)
        return try CatalogEntries.adding(language: metadata.language, to: bytes)
    }
}

/// Why a document can't be printed.
public enum PrintError: Error, Equatable, Sendable {
    /// More than `Composer.pagesMax` pages, or a text that no QR code holds.
    case tooLong
    /// A table without columns, with a weight that is not above 0, or with a row longer than its
    /// head.
    case malformedTable
    /// A text that a QR code can't carry, or a code without room on the page.
    case malformedCode
    /// The language is no BCP 47 tag.
    case malformedLanguage
    /// Cairo or Pango failed; the detail is for logs.
    case renderer(String)
}
