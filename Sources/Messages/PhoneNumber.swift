/// A telephone number in international form: `+33639980000`.
///
/// Source: ITU-T E.164: `+`, no leading zero, 15 digits at most.
public struct PhoneNumber: Sendable, Hashable, CustomStringConvertible {
    /// With its `+`.
    public let text: String

    public init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (8...15).contains(digits.count),
            digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.text = text
    }

    public var description: String { text }

    /// Whether an SMS may go to it: a mobile of metropolitan France or overseas, whole. Everything
    /// else costs money or reaches nobody we know (security.md 2.40), first of all numbers of +999,
    /// which no network uses and synthetic data is made of.
    public var isFrenchMobile: Bool {
        Self.mobiles.contains { text.utf8.count == $0.characters && text.hasPrefix($0.prefix) }
    }

    /// Source: the national numbering plan (Arcep decision 2018-0881, as amended).
    private static let mobiles: [(prefix: String, characters: Int)] = [
        ("+336", 12), ("+337", 12),  // metropolitan France
        ("+590690", 13), ("+590691", 13),  // Guadeloupe, Saint-Barthélemy, Saint-Martin
        ("+594694", 13),  // Guyane
        ("+596696", 13), ("+596697", 13),  // Martinique
        ("+262692", 13), ("+262693", 13),  // La Réunion
        ("+262639", 13),  // Mayotte
    ]
}

extension PhoneNumber: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let number = PhoneNumber(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a telephone number")
        }
        self = number
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
