/// A mobile number of France or its overseas departments, as the directory keeps it: E.164.
///
/// Source: ITU-T E.164; the numbering plan of Arcep (06 and 07 in mainland France; 0690, 0691
/// Guadeloupe, 0694 Guyane, 0696, 0697 Martinique, 0692, 0693 Réunion, 0639 Mayotte); J-B-05.
public struct MobileNumber: Hashable, Sendable {
    /// `+33639980001`
    public let e164: String

    public enum EntryError: Error, Equatable, Sendable {
        case empty, notAMobileNumber
    }

    /// In bytes of UTF-8: no usual writing is longer.
    static let typedByteCountMax = 64

    /// Every number that somebody can mean by what he typed: `06 39 98 00 01`, `06.39.98.00.01`,
    /// `+33 (0)6 39 98 00 01`, `0033639980001`. Two where a national writing is one of mainland France
    /// and one of Mayotte, since the directory decides; never none.
    ///
    /// Digits are ASCII alone: others look like them and are typed by nobody.
    public static func candidates(
        for typed: String
    ) throws(EntryError) -> [MobileNumber] {
        guard typed.utf8.count <= typedByteCountMax else { throw .notAMobileNumber }
        var digits = ""
        for scalar in typed.unicodeScalars where !isSeparator(scalar) {
            let isPlus = scalar == "+" && digits.isEmpty
            guard isPlus || ("0"..."9").contains(scalar) else { throw .notAMobileNumber }
            digits.unicodeScalars.append(scalar)
        }
        guard !digits.isEmpty else { throw .empty }
        if digits.hasPrefix("+") { return [try international(digits.dropFirst())] }
        if digits.hasPrefix("00") { return [try international(digits.dropFirst(2))] }
        guard digits.hasPrefix("0") else { throw .notAMobileNumber }
        return try national(digits.dropFirst())
    }

    /// Reads `e164` as it was written by the directory; nil for anything else.
    public init?(e164: String) {
        guard e164.hasPrefix("+"), let numbers = try? MobileNumber.candidates(for: e164),
            let number = numbers.first, number.e164 == e164
        else { return nil }
        self = number
    }

    /// Of nobody: one of those that Arcep keeps for fiction. Looked up where nobody was found, so that
    /// time tells nothing.
    public static let fictitious = MobileNumber(mainland, "639980000")

    /// « 06 ** ** ** 06 »: as its owner writes it, without what a stranger could use.
    public var masked: String {
        let subscriber = e164.suffix(Self.subscriberLength)
        return "0\(subscriber.prefix(1)) ** ** ** \(subscriber.suffix(2))"
    }

    private init(_ code: String, _ subscriber: Substring) { e164 = "+" + code + subscriber }

    /// The digits after the country code, or after the 0 of the national writing.
    private static let subscriberLength = 9
    private static let mainland = "33"
    /// The first three digits of overseas subscribers, by country code.
    private static let overseas: [String: Set<Substring>] = [
        "262": ["639", "692", "693"], "590": ["690", "691"], "594": ["694"], "596": ["696", "697"],
    ]
    /// What mainland France has too.
    private static let shared: Set<Substring> = ["639"]

    private static func national(
        _ subscriber: Substring
    ) throws(EntryError) -> [MobileNumber] {
        guard isMobile(subscriber) else { throw .notAMobileNumber }
        let block = subscriber.prefix(3)
        let there = overseas.filter { $0.value.contains(block) }.keys.map { code in
            MobileNumber(code, subscriber)
        }
        let isOfMainland = there.isEmpty || shared.contains(block)
        return (isOfMainland ? [MobileNumber(mainland, subscriber)] : []) + there
    }

    /// After `+` or `00`. The 0 of the national writing may stand after the country code.
    private static func international(
        _ digits: Substring
    ) throws(EntryError) -> MobileNumber {
        let codes = [mainland] + overseas.keys
        guard let code = codes.first(where: { digits.hasPrefix($0) }) else {
            throw .notAMobileNumber
        }
        var subscriber = digits.dropFirst(code.count)
        if subscriber.hasPrefix("0") { subscriber = subscriber.dropFirst() }
        guard isMobile(subscriber) else { throw .notAMobileNumber }
        let block = subscriber.prefix(3)
        if code != mainland {
            guard overseas[code]?.contains(block) == true else { throw .notAMobileNumber }
            return MobileNumber(code, subscriber)
        }
        // +33 690… is what some write for 0690…, which is no number of mainland France.
        if !shared.contains(block), let there = overseas.first(where: { $0.value.contains(block) })
        {
            return MobileNumber(there.key, subscriber)
        }
        return MobileNumber(mainland, subscriber)
    }

    private static func isMobile(_ subscriber: Substring) -> Bool {
        subscriber.utf8.count == subscriberLength
            && (subscriber.hasPrefix("6") || subscriber.hasPrefix("7"))
    }

    /// What people put between digits, and the unseen marks that address books paste along.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\u{A0}", "\u{2009}", "\u{202F}", ".", "-", "/", "(", ")", "\u{2010}",
            "\u{2011}", "\u{2013}", "\u{200B}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
            "\u{2066}"..."\u{2069}", "\u{FEFF}":
            true
        default: false
        }
    }
}
