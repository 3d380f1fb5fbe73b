import CPangoCairo

/// A text broken into lines for a width, by Pango. Lengths are points. Confined to the call that
/// made it.
final class TextLayout {
    struct Font: Equatable {
        var family: String
        var size: Double
        var isBold = false
        /// The height of a line relative to the font's own.
        var lineSpacing = 1.15
    }

    struct Line {
        /// From the layout's left edge, as the alignment has it.
        let x: Double
        /// From the line's own top.
        let baseline: Double
        let height: Double
    }

    /// 100,000 characters fill some thirty pages; more is a mistake of the caller.
    private static let bytesMax = 400_000

    let lines: [Line]
    private let layout: OpaquePointer

    /// What the layouts of one document share: fonts loaded once, and its language.
    final class Setting {
        fileprivate let context: OpaquePointer

        init(language: String) throws(PrintError) {
            guard let map = pango_cairo_font_map_get_default(),
                let context = pango_font_map_create_context(map)
            else { throw .renderer("no font map") }
            self.context = context
            TextLayout.prepare(context, language)
        }

        deinit { g_object_unref(UnsafeMutableRawPointer(context)) }
    }

    init(
        _ text: String, font: Font, width: Double, alignment: Document.Alignment, setting: Setting
    ) throws(PrintError) {
        guard text.utf8.count <= Self.bytesMax else { throw .tooLong }
        guard let layout = pango_layout_new(setting.context) else { throw .renderer("no layout") }
        let description = pango_font_description_from_string(font.family)
        defer { pango_font_description_free(description) }
        pango_font_description_set_absolute_size(description, Double(cpango_units(font.size)))
        pango_font_description_set_weight(
            description, font.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_layout_set_font_description(layout, description)
        pango_layout_set_width(layout, cpango_units(width))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_line_spacing(layout, Float(font.lineSpacing))
        pango_layout_set_alignment(layout, alignment.pango)
        // A hyphen that is not in the text would be copied with an identifier or a password.
        let attributes = pango_attr_list_new()
        defer { pango_attr_list_unref(attributes) }
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
        pango_layout_set_attributes(layout, attributes)
        let printable = Self.printable(text)
        pango_layout_set_text(layout, printable, Int32(clamping: printable.utf8.count))
        self.layout = layout
        lines = Self.measure(layout)
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    /// Draws a line with its baseline's left end at the point.
    func draw(_ index: Int, on canvas: OpaquePointer, x: Double, baseline: Double) {
        guard let line = pango_layout_get_line_readonly(layout, Int32(clamping: index)) else {
            return
        }
        cairo_move_to(canvas, x, baseline)
        pango_cairo_show_layout_line(canvas, line)
    }

    private static func prepare(_ context: OpaquePointer, _ language: String) {
        pango_context_set_language(context, pango_language_from_string(language))
        pango_cairo_context_set_resolution(context, 72)
        // Paper has no pixels: whole-pixel advances would space the letters unevenly.
        pango_context_set_round_glyph_positions(context, 0)
        guard let options = cairo_font_options_create() else { return }
        defer { cairo_font_options_destroy(options) }
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
    }

    private static func measure(_ layout: OpaquePointer) -> [Line] {
        guard let iterator = pango_layout_get_iter(layout) else { return [] }
        defer { pango_layout_iter_free(iterator) }
        var lines: [Line] = []
        repeat {
            var logical = PangoRectangle()
            pango_layout_iter_get_line_extents(iterator, nil, &logical)
            lines.append(
                Line(
                    x: cpango_points(logical.x),
                    baseline: cpango_points(pango_layout_iter_get_baseline(iterator) - logical.y),
                    height: cpango_points(logical.height)))
        } while pango_layout_iter_next_line(iterator) != 0
        return lines
    }

    /// Control characters have no glyph; Pango would print boxes, and stop at a NUL.
    private static func printable(_ text: String) -> String {
        guard
            text.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control && $0 != "\n"
            })
        else {
            return text
        }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(
                scalar.properties.generalCategory == .control && scalar != "\n" ? " " : scalar)
        }
        return String(result)
    }
}

extension Document.Alignment {
    fileprivate var pango: PangoAlignment {
        switch self {
        case .left: PANGO_ALIGN_LEFT
        case .centre: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }
}
