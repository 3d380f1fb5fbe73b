import CPangoCairo
import FoundationEssentials

/// Draws composed pages into a PDF in memory, by Cairo.
enum PDFCanvas {
    /// Collects what Cairo writes.
    private final class Sink {
        /// Cairo stops at the first byte beyond.
        static let bytesMax = 64 * 1024 * 1024
        var bytes: [UInt8] = []
    }

    private static let tableHeadGrey = 0.92
    private static let ruleGrey = 0.6

    static func render(
        _ pages: [Composer.Page], _ sheet: Sheet, _ metadata: Document.Metadata
    ) throws(PrintError) -> [UInt8] {
        let sink = Sink()
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue()
                guard sink.bytes.count + Int(length) <= Sink.bytesMax else {
                    return CAIRO_STATUS_WRITE_ERROR
                }
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), sheet.width, sheet.height)
        defer { cairo_surface_destroy(surface) }
        try check(cairo_surface_status(surface))
        // The last version whose cross-reference table is plain text, which `CatalogEntries` reads.
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4)
        set(CAIRO_PDF_METADATA_TITLE, metadata.title, on: surface)
        set(CAIRO_PDF_METADATA_AUTHOR, metadata.author, on: surface)
        set(CAIRO_PDF_METADATA_CREATOR, "EduConnect", on: surface)
        set(CAIRO_PDF_METADATA_CREATE_DATE, metadata.createdAt.formatted(.iso8601), on: surface)
        try draw(pages, on: surface)
        // The sink is an unretained pointer to Cairo until here.
        withExtendedLifetime(sink) { cairo_surface_finish(surface) }
        try check(cairo_surface_status(surface))
        return sink.bytes
    }

    private static func draw(
        _ pages: [Composer.Page], on surface: OpaquePointer?
    ) throws(PrintError) {
        guard let canvas = cairo_create(surface) else { throw .renderer("no canvas") }
        defer { cairo_destroy(canvas) }
        // One root for the structure, as tagged PDF has it; it may span the pages.
        cairo_tag_begin(canvas, "Document", "")
        for (index, page) in pages.enumerated() {
            for item in page { draw(item, on: canvas) }
            if index == pages.count - 1 { cairo_tag_end(canvas, "Document") }
            cairo_show_page(canvas)
        }
        try check(cairo_status(canvas))
    }

    private static func draw(_ item: Composer.Item, on canvas: OpaquePointer) {
        switch item {
        case .line(let layout, let index, let x, let baseline):
            cairo_set_source_rgb(canvas, 0, 0, 0)
            layout.draw(index, on: canvas, x: x, baseline: baseline)
        case .fill(let x, let y, let width, let height):
            cairo_set_source_rgb(canvas, tableHeadGrey, tableHeadGrey, tableHeadGrey)
            cairo_rectangle(canvas, x, y, width, height)
            cairo_fill(canvas)
        case .rule(let x, let y, let width):
            cairo_set_source_rgb(canvas, ruleGrey, ruleGrey, ruleGrey)
            cairo_set_line_width(canvas, 0.5)
            cairo_move_to(canvas, x, y)
            cairo_line_to(canvas, x + width, y)
            cairo_stroke(canvas)
        case .qrCode(let code, let x, let y, let module):
            cairo_set_source_rgb(canvas, 0, 0, 0)
            for bar in code.bars {
                cairo_rectangle(
                    canvas, x + Double(bar.column) * module, y + Double(bar.row) * module,
                    Double(bar.length) * module, module)
            }
            cairo_fill(canvas)
        case .begin(let tag):
            cairo_tag_begin(canvas, tag.rawValue, "")
        case .end(let tag):
            cairo_tag_end(canvas, tag.rawValue)
        }
    }

    private static func set(
        _ key: cairo_pdf_metadata_t, _ value: String, on surface: OpaquePointer?
    ) {
        // Cairo reads a C string: a NUL would cut it.
        cairo_pdf_surface_set_metadata(surface, key, value.filter { $0 != "\0" })
    }

    private static func check(_ status: cairo_status_t) throws(PrintError) {
        guard status == CAIRO_STATUS_SUCCESS else {
            throw .renderer(String(cString: cairo_status_to_string(status)))
        }
    }
}
