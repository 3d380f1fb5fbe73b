/// A family name or first name in the form in which names are compared: accents, case, hyphens,
/// apostrophes and spaces make no difference, `LE ROY` is `Leroy`. What is shown keeps its writing.
///
/// Letters are reduced by their Unicode names (`LATIN SMALL LETTER E WITH ACUTE` is an E), which
/// covers every accented Latin letter, composed or not. Source: domain.md §2.3, rules 1, 2 and 8.
public struct PersonName: Hashable, Sendable, CustomStringConvertible {
    /// Capital letters with single spaces between the words: `LE ROY`.
    public let spaced: String
    /// The same without spaces: `LEROY`.
    public let squeezed: String

    /// In Unicode scalars; no register holds a longer name.
    static let lengthMax = 200

    /// Nil for what stands for a missing name (`SANS NOM`, `X`, `.`), and for anything without a letter.
    public init?(_ text: String) {
        guard text.utf8.count <= 4 * Self.lengthMax else { return nil }
        let words = Self.words(text)
        spaced = words.joined(separator: " ")
        squeezed = words.joined()
        let hasLetter = squeezed.unicodeScalars.contains { $0.properties.isAlphabetic }
        // Nobody is called « X », nor « XX ».
        let isCrossedOut = squeezed.allSatisfy { $0 == "X" }
        guard hasLetter, !isCrossedOut, !Self.placeholders.contains(squeezed) else { return nil }
    }

    /// The words of the spaced form, at least one.
    public var words: [Substring] {
        // As bytes: a sign that joins what stands before it would hide the space.
        spaced.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
    }

    /// Equal as people write names: whatever has the same letters.
    public static func == (one: PersonName, other: PersonName) -> Bool {
        // Equal spaced forms have equal squeezed ones, so the one comparison stands for both.
        one.squeezed == other.squeezed
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(squeezed) }

    public var description: String { spaced }

    /// The letters of an identifier's part: `a` to `z`, all else gone (journeys.md §2.12).
    /// `D’Almeida-Gonçalves` gives `dalmeidagoncalves`.
    public static func identifierLetters(_ text: String) -> String {
        let letters = capitals(text).filter { ("A"..."Z").contains($0) }
        return String(String.UnicodeScalarView(letters)).lowercased()
    }

    /// Capital letters without accents; what is no Latin letter stays, in capitals where it has any.
    public static func folded(_ text: String) -> String {
        String(String.UnicodeScalarView(capitals(text)))
    }

    /// What registers write where they know no name, squeezed.
    private static let placeholders: Set = [
        "SANSNOM", "SANSPRENOM", "SP", "INCONNU", "INCONNUE",
        "NONRENSEIGNE",
    ]

    /// « ST » and « STE » are written for « SAINT » and « SAINTE ».
    private static let abbreviations = ["ST": "SAINT", "STE": "SAINTE"]

    private static func words(_ text: String) -> [String] {
        capitals(text).split(whereSeparator: separates).map { scalars in
            let word = String(String.UnicodeScalarView(scalars))
            return abbreviations[word] ?? word
        }
    }

    /// Spaces of any width, apostrophes, hyphens and dashes, dots, underscores.
    private static func separates(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "'", "\u{2018}", "\u{2019}", "\u{201B}", "\u{02BC}", "\u{02B9}", "`", "\u{00B4}",
            "\u{2032}", "\u{FF07}", ".", "_", "\u{2212}", "\u{00B7}":
            true
        default:
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation
        }
    }

    /// Accents that stand for themselves, and marks without a sign.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    private static func capitals(_ text: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let isSmall = ("a"..."z").contains(scalar)
                result.append(isSmall ? Unicode.Scalar(UInt8(scalar.value) - 0x20) : scalar)
                continue
            }
            if isUnseen(scalar) { continue }
            // ɵ, a barred O, is the small letter of Ɵ, an O with a tilde: the capital says what it is.
            let capital = scalar.properties.uppercaseMapping.unicodeScalars
            let letters =
                latinLetters(scalar)
                ?? capital.map { latinLetters($0) ?? String($0) }.joined()
            result.append(contentsOf: letters.unicodeScalars.filter { !isUnseen($0) })
        }
        return result
    }

    /// The plain capitals of an accented, joined or full-width Latin letter; nil for other characters.
    private static func latinLetters(_ scalar: Unicode.Scalar) -> String? {
        guard var name = scalar.properties.name?[...] else { return nil }
        if name.hasPrefix("FULLWIDTH ") { name = name.dropFirst("FULLWIDTH ".count) }
        guard let kind = latinKinds.first(where: { name.hasPrefix($0) }) else { return nil }
        let letter = name.dropFirst(kind.count)
        for (prefix, letters) in namedLetters where letter.hasPrefix(prefix) { return letters }
        let plain = letter.prefix { $0 != " " }
        let isAlone = plain.utf8.count == letter.utf8.count
        let isAccented = letter.dropFirst(plain.count).hasPrefix(" WITH ")
        // Three letters at most: `FFI` is a ligature; a longer word is the name of another alphabet's.
        return (isAlone || isAccented) && plain.utf8.count <= 3 ? String(plain) : nil
    }

    private static let latinKinds = [
        "LATIN SMALL LETTER ", "LATIN CAPITAL LETTER ", "LATIN SMALL LIGATURE ",
        "LATIN CAPITAL LIGATURE ",
    ]

    /// Letters whose Unicode names are words.
    private static let namedLetters = [
        ("ETH", "D"), ("THORN", "TH"), ("SHARP S", "SS"), ("DOTLESS I", "I"), ("LONG S", "S"),
        ("N PRECEDED BY APOSTROPHE", "N"), ("ENG", "N"), ("KRA", "K"),
    ]
}
