import CQREncode

/// A text as a QR code: a square of dark and light modules (ISO/IEC 18004), by libqrencode.
public struct QRCode: Sendable, Equatable {
    /// Modules on a side, 21 to 177, without the quiet zone.
    public let side: Int
    /// Row by row, `side * side`; true is dark.
    private let modules: [Bool]

    /// Light modules that a reader wants around it.
    public static let quietZone = 4
    /// What the largest code holds at this level of correction, in bytes.
    static let byteCountMax = 2_331

    /// A code that stays readable with about 15 % of it dirty or torn (level M): it is printed on paper
    /// that travels in a pupil's booklet.
    ///
    /// Throws `.tooLong` for more than 2,331 bytes, and `.malformedCode` for an empty text or one beyond
    /// ASCII: the code can't say how its bytes are written, and readers guess.
    public init(_ text: String) throws(PrintError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.byteCountMax else { throw .tooLong }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 < 0x80 }) else { throw .malformedCode }
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else {
            throw .renderer("no QR code for \(bytes.count) bytes")
        }
        defer { QRcode_free(code) }
        let side = Int(code.pointee.width)
        guard let data = code.pointee.data, side > 0 else { throw .renderer("an empty QR code") }
        // The lowest bit of a byte is the module; the others say what it is for.
        self.modules = UnsafeBufferPointer(start: data, count: side * side).map { $0 & 1 == 1 }
        self.side = side
    }

    /// The dark modules as horizontal bars, from the top left corner: few shapes, and no seams between
    /// them on any screen.
    public var bars: [Bar] {
        var bars: [Bar] = []
        for row in 0..<side {
            var start: Int?
            for column in 0...side {
                let isDark = column < side && modules[row * side + column]
                if isDark, start == nil { start = column }
                if !isDark, let first = start {
                    bars.append(Bar(row: row, column: first, length: column - first))
                    start = nil
                }
            }
        }
        return bars
    }

    /// A run of dark modules in a row.
    public struct Bar: Sendable, Equatable {
        public let row: Int
        public let column: Int
        public let length: Int
    }
}
