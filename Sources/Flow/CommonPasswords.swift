import Store

/// Tells passwords that a guesser tries early, by rule rather than from a list of leaks: it splits a
/// password into the pieces that people compose theirs of (a common word, a year, a row of keys, a
/// repetition, a name of the family) and adds up what each costs to guess.
///
/// Under the limits on tries, which leave some 9,000 guesses a year for an account, 24 bits are ample.
/// Source: SR-43; D. Wheeler, "zxcvbn" (USENIX Security 2016), §4, for the method.
public enum CommonPasswords {
    /// A password of fewer bits is refused.
    static let leastBits = 24.0

    static func bits(of password: String, knowing personal: Set<[UInt8]> = []) -> Double {
        PasswordPieces(password, personal: personal).leastBits
    }
}

extension PasswordRule {
    /// Why this password can't be set, or nil. The rule comes first, then what everybody chooses, then
    /// what others know of this person.
    public func problem(of password: String, context: PasswordContext) -> PasswordProblem? {
        guard isKept(by: password) else { return .rule }
        if CommonPasswords.bits(of: password) < CommonPasswords.leastBits { return .common }
        let known = CommonPasswords.bits(of: password, knowing: context.pieces)
        return known < CommonPasswords.leastBits ? .personal : nil
    }
}

extension PasswordContext {
    /// Words and runs of digits that lie at hand, in the form in which pieces are compared.
    var pieces: Set<[UInt8]> {
        var texts = ["educonnect", "educ", "connect", "ecole", "education", "college"]
        texts += identifier.split { !$0.isLetter }.map(String.init) + [identifier]
        for name in names.compactMap(PersonName.init) {
            texts.append(name.squeezed)
            texts += name.words.map(String.init)
        }
        for date in birthDates {
            let parts = date.split(separator: "-").map(String.init)
            guard parts.count == 3 else { continue }
            let (year, month, day) = (parts[0], parts[1], parts[2])
            let short = String(year.suffix(2))
            texts += [
                year, day + month, month + day, day + month + short, day + month + year,
                year + month + day, short + month + day, month + year,
            ]
        }
        return Set(texts.map(PasswordPieces.skeleton).filter { $0.count >= 3 })
    }
}

/// One password, and what its cheapest division into pieces costs to guess.
private struct PasswordPieces {
    /// Folded: small letters without accents, digits, signs.
    private let characters: [UInt8]
    /// The same with signs and digits as the letters that they stand for: `p4ssw0rd` is `password`.
    private let skeleton: [UInt8]
    private let personal: Set<[UInt8]>

    /// No piece is longer.
    private static let pieceMax = 24
    private static let wordBits = 10.0
    private static let personalBits = 2.0
    private static let rowBits = 8.0
    private static let sequenceBits = 6.0
    private static let yearBits = 6.0
    private static let dayBits = 8.6
    private static let dateBits = 14.0

    init(_ password: String, personal: Set<[UInt8]>) {
        let folded = PersonName.folded(password).lowercased()
        // What is beyond ASCII counts as one character that belongs to no piece.
        characters = folded.unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0xFF }
        skeleton = characters.map(Self.letter)
        self.personal = personal
    }

    static func skeleton(_ text: String) -> [UInt8] {
        PasswordPieces(text, personal: []).skeleton
    }

    /// Of all divisions into pieces the cheapest, found from the left.
    var leastBits: Double {
        var best = [0.0]
        for end in 1...max(1, characters.count) where end <= characters.count {
            let starts = max(0, end - Self.pieceMax)..<end
            best.append(starts.map { best[$0] + bits($0..<end) }.min() ?? 0)
        }
        return best.last ?? 0
    }

    private func bits(_ range: Range<Int>) -> Double {
        let piece = characters[range]
        var best = piece.reduce(0.0) { $0 + Self.bits(of: $1) }
        best = min(best, word(range) ?? best, digits(piece) ?? best)
        if piece.count >= 3 {
            if Self.isSequence(piece) { best = min(best, Self.sequenceBits) }
            if CommonWords.isRow(piece) { best = min(best, Self.rowBits) }
        }
        return min(best, repetition(range) ?? best)
    }

    private func word(_ range: Range<Int>) -> Double? {
        let skeleton = Array(skeleton[range])
        let substitution = characters[range].allSatisfy(Self.isLetter) ? 0.0 : 1.0
        if personal.contains(skeleton) { return Self.personalBits + substitution }
        // Digits alone are not a word whose letters they stand for.
        guard characters[range].contains(where: Self.isLetter) else { return nil }
        if CommonWords.skeletons.contains(skeleton) { return Self.wordBits + substitution }
        if CommonWords.skeletons.contains(skeleton.reversed()) {
            return Self.wordBits + substitution + 1
        }
        return nil
    }

    /// A year, a day of the year, a date.
    private func digits(_ piece: ArraySlice<UInt8>) -> Double? {
        guard [4, 6, 8].contains(piece.count), piece.allSatisfy(Self.isDigit) else { return nil }
        let pairs = stride(from: piece.startIndex, to: piece.endIndex, by: 2).map {
            Int(piece[$0] - UInt8(ascii: "0")) * 10 + Int(piece[$0 + 1] - UInt8(ascii: "0"))
        }
        let isYear = { (index: Int) in
            (1940...2039).contains(pairs[index] * 100 + pairs[index + 1])
        }
        let isDay = { (index: Int) in
            (1...31).contains(pairs[index]) && (1...12).contains(pairs[index + 1])
        }
        switch pairs.count {
        case 2: return isYear(0) ? Self.yearBits : isDay(0) ? Self.dayBits : nil
        case 3: return isDay(0) ? Self.dateBits : nil
        default:
            let isReversed = isYear(0) && (1...12).contains(pairs[2]) && (1...31).contains(pairs[3])
            return (isDay(0) && isYear(2)) || isReversed ? Self.dateBits : nil
        }
    }

    /// `aaaa`, `doudoudoudou`: the piece once, and how often.
    private func repetition(_ range: Range<Int>) -> Double? {
        for period in stride(from: 1, through: range.count / 2, by: 1)
        where range.count % period == 0 && range.count >= 3 {
            let isRepeated = range.dropFirst(period).allSatisfy {
                characters[$0] == characters[$0 - period]
            }
            if isRepeated { return bits(range.prefix(period)) + 2 }
        }
        return nil
    }

    /// `abcd`, `9876`.
    private static func isSequence(_ piece: ArraySlice<UInt8>) -> Bool {
        guard piece.allSatisfy(isLetter) || piece.allSatisfy(isDigit) else { return false }
        let steps = zip(piece, piece.dropFirst()).map { Int($1) - Int($0) }
        return steps.allSatisfy { $0 == 1 } || steps.allSatisfy { $0 == -1 }
    }

    private static func bits(of character: UInt8) -> Double {
        isDigit(character) ? 3.3 : isLetter(character) ? 4.7 : 5
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// The letter that a sign or a digit is written for; `i` and `l` count as one, as 1 is both.
    private static func letter(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"), UInt8(ascii: "l"), UInt8(ascii: "!"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"), UInt8(ascii: "+"): UInt8(ascii: "t")
        case UInt8(ascii: "8"): UInt8(ascii: "b")
        case UInt8(ascii: "9"): UInt8(ascii: "g")
        default: byte
        }
    }
}

extension CommonWords {
    /// The words in the form in which pieces are compared.
    fileprivate static let skeletons = Set(all.map { PasswordPieces.skeleton(String($0)) })
}
