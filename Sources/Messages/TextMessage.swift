/// An SMS.
public struct TextMessage: Sendable, Equatable, Codable {
    public var number: PhoneNumber
    public var text: String

    /// A longer one is refused: each segment is paid for.
    public static let segmentsMax = 4

    public init(number: PhoneNumber, text: String) {
        self.number = number
        self.text = text
    }

    /// Whether the text fits the short alphabet: 160 characters a segment instead of 70.
    public var isGSM7: Bool { GSMAlphabet.septets(of: text) != nil }

    /// How many messages the network makes of it.
    ///
    /// Source: 3GPP TS 23.040 §9.2.3.24.1: a part of a longer message has a header of 6 bytes. What
    /// takes two places (an escaped character, a surrogate pair) is not torn apart.
    public var segments: Int {
        if let widths = GSMAlphabet.septets(of: text) {
            return Self.segments(of: widths, single: 160, part: 153)
        }
        let widths = text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 }
        return Self.segments(of: widths, single: 70, part: 67)
    }

    private static func segments(of widths: [Int], single: Int, part: Int) -> Int {
        if widths.reduce(0, +) <= single { return 1 }
        var (count, used) = (1, 0)
        for width in widths {
            if used + width > part { (count, used) = (count + 1, 0) }
            used += width
        }
        return count
    }
}

/// The default alphabet of GSM and its extension table.
///
/// Source: 3GPP TS 23.038 §6.2.1. « é è à ù » are in it; « ê ç ô î œ ’ » are not.
public enum GSMAlphabet {
    private static let basic = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
    private static let extended = Set("\u{C}^{}\\[~]|€".unicodeScalars)

    /// The septets that each character takes; nil where one is not in the alphabet.
    static func septets(of text: String) -> [Int]? {
        var widths: [Int] = []
        widths.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if basic.contains(scalar) {
                widths.append(1)
            } else if extended.contains(scalar) {
                widths.append(2)
            } else {
                return nil
            }
        }
        return widths
    }
}
