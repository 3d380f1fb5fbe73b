/// Breaks blocks into pages. Lengths are points, from the top left corner of the page.
struct Composer {
    /// What stands on a page, in drawing order.
    enum Item {
        case line(TextLayout, index: Int, x: Double, baseline: Double)
        case fill(x: Double, y: Double, width: Double, height: Double)
        case rule(x: Double, y: Double, width: Double)
        /// `module` is the side of one of its squares.
        case qrCode(QRCode, x: Double, y: Double, module: Double)
        case begin(Tag)
        case end(Tag)
    }

    /// Standard structure types (ISO 32000-1 §14.8.4).
    enum Tag: String {
        case h1 = "H1", h2 = "H2", h3 = "H3", p = "P", table = "Table", tr = "TR", th = "TH", td =
            "TD"
    }

    typealias Page = [Item]

    /// A letter to every guardian of the largest schools.
    static let pagesMax = 2_500
    private static let pointsPerMillimetre = 72 / 25.4
    private static let cellPadding = 4.0

    private let fontFamily: String
    private let setting: TextLayout.Setting
    private var pages: [Page] = [[]]
    private let sheet: Sheet
    private var y = Sheet.margin

    init(sheet: Sheet, fontFamily: String, language: String) throws(PrintError) {
        self.sheet = sheet
        self.fontFamily = fontFamily
        setting = try TextLayout.Setting(language: language)
    }

    mutating func add(_ block: Document.Block) throws(PrintError) {
        switch block {
        case .heading(let text, let level):
            try addHeading(text, level)
        case .paragraph(let text, let style, let alignment):
            let layout = try layout(text, font(style), alignment: alignment)
            try place(layout, x: Sheet.margin, tag: .p)
            y += 6
        case .table(let table):
            try add(table)
        case .space(let millimetres):
            y = min(y + max(0, millimetres) * Self.pointsPerMillimetre, sheet.bottom)
        case .rule:
            try makeRoom(10)
            append(.rule(x: Sheet.margin, y: y + 4, width: sheet.contentWidth))
            y += 10
        case .pageBreak:
            try breakPage()
        case .qrCode(let code, let side, let alignment):
            try add(code, side * Self.pointsPerMillimetre, alignment)
        }
    }

    /// The pages with their feet.
    func finish(footer: String) -> [Page] {
        var numbered = pages
        let font = font(.small)
        for index in numbered.indices {
            let number = "Page \(index + 1) sur \(numbered.count)"
            numbered[index].append(
                .rule(x: Sheet.margin, y: sheet.footerBaseline - 14, width: sheet.contentWidth))
            for (text, alignment) in [(footer, Document.Alignment.left), (number, .right)]
            where !text.isEmpty {
                guard let layout = try? layout(text, font, alignment: alignment),
                    let line = layout.lines.first
                else {
                    continue
                }
                numbered[index].append(
                    .line(
                        layout, index: 0, x: Sheet.margin + line.x, baseline: sheet.footerBaseline))
            }
        }
        return numbered
    }

    // MARK: Blocks

    private mutating func addHeading(
        _ text: String, _ level: Document.HeadingLevel
    ) throws(PrintError) {
        let (size, tag, before) =
            switch level {
            case .first: (18.0, Tag.h1, 6.0)
            case .second: (13.0, Tag.h2, 10.0)
            case .third: (11.0, Tag.h3, 6.0)
            }
        let layout = try layout(text, TextLayout.Font(family: fontFamily, size: size, isBold: true))
        if y > Sheet.margin { y += before }
        // A heading stays with two lines of what follows it.
        try makeRoom(layout.lines.reduce(0) { $0 + $1.height } + 30)
        try place(layout, x: Sheet.margin, tag: tag)
        y += 5
    }

    private mutating func add(
        _ code: QRCode, _ side: Double, _ alignment: Document.Alignment
    ) throws(PrintError) {
        guard side > 0, side <= sheet.contentWidth else { throw .malformedCode }
        try makeRoom(side)
        let module = side / Double(code.side + 2 * QRCode.quietZone)
        let left =
            switch alignment {
            case .left: Sheet.margin
            case .centre: Sheet.margin + (sheet.contentWidth - side) / 2
            case .right: Sheet.margin + sheet.contentWidth - side
            }
        let quiet = Double(QRCode.quietZone) * module
        append(.qrCode(code, x: left + quiet, y: y + quiet, module: module))
        y += side
    }

    private mutating func add(_ table: Document.Table) throws(PrintError) {
        let total = table.columns.reduce(0) { $0 + $1.weight }
        guard !table.columns.isEmpty,
            table.columns.allSatisfy({ $0.weight > 0 && $0.weight.isFinite }),
            total.isFinite, table.rows.allSatisfy({ $0.count <= table.columns.count })
        else { throw .malformedTable }
        let widths = table.columns.map { sheet.contentWidth * $0.weight / total }
        let head = try cells(table.columns.map(\.title), table.columns, widths, isHead: true)
        append(.begin(.table))
        try addRow(head, widths, head: nil)
        for row in table.rows {
            let padded = row + Array(repeating: "", count: table.columns.count - row.count)
            try addRow(cells(padded, table.columns, widths, isHead: false), widths, head: head)
        }
        append(.end(.table))
        y += 8
    }

    private func cells(
        _ texts: [String], _ columns: [Document.Table.Column], _ widths: [Double], isHead: Bool
    ) throws(PrintError) -> [TextLayout] {
        let font = TextLayout.Font(family: fontFamily, size: 9, isBold: isHead)
        var layouts: [TextLayout] = []
        for ((text, column), width) in zip(zip(texts, columns), widths) {
            let inner = max(1, width - 2 * Self.cellPadding)
            layouts.append(
                try TextLayout(
                    text, font: font, width: inner, alignment: column.alignment, setting: setting)
            )
        }
        return layouts
    }

    /// Places a row, over several pages where it must; `head` (nil for the head itself) is repeated
    /// on each.
    private mutating func addRow(
        _ cells: [TextLayout], _ widths: [Double], head: [TextLayout]?
    ) throws(PrintError) {
        var next = cells.map { _ in 0 }
        let whole = cells.map { $0.lines.reduce(0) { $0 + $1.height } }.max() ?? 0
        let page = sheet.bottom - Sheet.margin - 60
        // A row that would fit a page is not cut.
        if y + min(whole, page) + 2 * Self.cellPadding > sheet.bottom {
            try turnTablePage(widths, head)
        }
        while true {
            let room = sheet.bottom - y - 2 * Self.cellPadding
            let parts = zip(cells, next).map { Self.fitting($0, from: $1, room: room) }
            let height = parts.map(\.height).max() ?? 0
            drawRow(cells, next, parts.map(\.end), widths, height, isHead: head == nil)
            next = parts.map(\.end)
            if zip(cells, next).allSatisfy({ $1 >= $0.lines.count }) { return }
            try turnTablePage(widths, head)
        }
    }

    private mutating func turnTablePage(
        _ widths: [Double], _ head: [TextLayout]?
    ) throws(PrintError) {
        append(.end(.table))
        try breakPage()
        append(.begin(.table))
        if let head { try addRow(head, widths, head: nil) }
    }

    /// The lines from `start` that fit, at least one, so that every page makes progress.
    private static func fitting(
        _ layout: TextLayout, from start: Int, room: Double
    ) -> (end: Int, height: Double) {
        var end = start
        var height = 0.0
        while end < layout.lines.count, end == start || height + layout.lines[end].height <= room {
            height += layout.lines[end].height
            end += 1
        }
        return (end, height)
    }

    private mutating func drawRow(
        _ cells: [TextLayout], _ starts: [Int], _ ends: [Int], _ widths: [Double], _ height: Double,
        isHead: Bool
    ) {
        let full = height + 2 * Self.cellPadding
        if isHead { append(.fill(x: Sheet.margin, y: y, width: sheet.contentWidth, height: full)) }
        append(.begin(.tr))
        var x = Sheet.margin
        for (index, cell) in cells.enumerated() {
            append(.begin(isHead ? .th : .td))
            var top = y + Self.cellPadding
            for lineIndex in starts[index]..<ends[index] {
                let line = cell.lines[lineIndex]
                append(
                    .line(
                        cell, index: lineIndex, x: x + Self.cellPadding + line.x,
                        baseline: top + line.baseline))
                top += line.height
            }
            append(.end(isHead ? .th : .td))
            x += widths[index]
        }
        append(.end(.tr))
        y += full
        append(.rule(x: Sheet.margin, y: y, width: sheet.contentWidth))
    }

    // MARK: Lines and pages

    private mutating func place(_ layout: TextLayout, x: Double, tag: Tag) throws(PrintError) {
        let heights = layout.lines.map(\.height)
        // No first line alone at the foot of a page.
        try makeRoom(heights.prefix(2).reduce(0, +))
        append(.begin(tag))
        for (index, line) in layout.lines.enumerated() {
            if y + line.height > sheet.bottom {
                append(.end(tag))
                try breakPage()
                append(.begin(tag))
            }
            append(.line(layout, index: index, x: x + line.x, baseline: y + line.baseline))
            y += line.height
        }
        append(.end(tag))
    }

    private mutating func makeRoom(_ height: Double) throws(PrintError) {
        if y > Sheet.margin, y + height > sheet.bottom { try breakPage() }
    }

    private mutating func breakPage() throws(PrintError) {
        guard pages.count < Self.pagesMax else { throw .tooLong }
        pages.append([])
        y = Sheet.margin
    }

    private mutating func append(_ item: Item) {
        pages[pages.count - 1].append(item)
    }

    private func font(_ style: Document.TextStyle) -> TextLayout.Font {
        switch style {
        case .body: TextLayout.Font(family: fontFamily, size: 10)
        case .strong: TextLayout.Font(family: fontFamily, size: 10, isBold: true)
        case .small: TextLayout.Font(family: fontFamily, size: 8)
        case .monospaced: TextLayout.Font(family: "DejaVu Sans Mono", size: 11)
        }
    }

    private func layout(
        _ text: String, _ font: TextLayout.Font, alignment: Document.Alignment = .left
    ) throws(PrintError) -> TextLayout {
        try TextLayout(
            text, font: font, width: sheet.contentWidth, alignment: alignment, setting: setting)
    }
}
