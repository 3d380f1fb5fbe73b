/// The paper of a document: A4, in points from the top left corner.
struct Sheet {
    let width: Double
    let height: Double

    static let margin = 56.7
    private static let sides = (short: 595.276, long: 841.890)

    init(_ orientation: Document.Orientation) {
        (width, height) =
            switch orientation {
            case .portrait: (Self.sides.short, Self.sides.long)
            case .landscape: (Self.sides.long, Self.sides.short)
            }
    }

    var contentWidth: Double { width - 2 * Self.margin }
    /// Where the content ends; the foot stands below.
    var bottom: Double { height - 68 }
    var footerBaseline: Double { height - 40 }
}
