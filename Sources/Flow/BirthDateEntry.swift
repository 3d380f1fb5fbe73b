/// The birth date of a child as a parent types it, in French order: `3/10/2010`, `03-10-2010`,
/// `03102010`; or `2010-10-03`, as a date field of a browser sends it.
///
/// A part can be unknown in a civil register: papers then say `00`, or 1 January as a presumed date.
/// Source: domain.md §2.3 rule 6, J-A-19, J-B-19.
public struct BirthDateEntry: Equatable, Sendable {
    public let year: Int
    /// 1…12, or 0 for unknown.
    public let month: Int
    /// 1…31, or 0 for unknown.
    public let day: Int

    public enum EntryError: Error, Equatable, Sendable {
        case empty, notADate
    }

    static let typedByteCountMax = 40
    /// Nobody who has a child at school typed a year outside these.
    static let years = 1900...2099

    /// One field.
    public init(_ typed: String) throws(EntryError) {
        guard typed.utf8.count <= Self.typedByteCountMax else { throw .notADate }
        let parts = typed.split { " /-.\t\u{A0}".contains($0) }.map(String.init)
        guard !parts.isEmpty else { throw .empty }
        if parts.count == 3, parts[0].utf8.count == 4 {
            try self.init(checking: parts[2], parts[1], parts[0])
        } else if parts.count == 3 {
            try self.init(checking: parts[0], parts[1], parts[2])
        } else if parts.count == 1, parts[0].utf8.count == 8 {
            // The keys of a telephone for numbers have no stroke.
            let digits = Substring(parts[0])
            try self.init(
                checking: String(digits.prefix(2)), String(digits.dropFirst(2).prefix(2)),
                String(digits.suffix(4)))
        } else {
            throw .notADate
        }
    }

    /// Three lists, « jour », « mois », « année » (screen C-2b).
    public init(day: String, month: String, year: String) throws(EntryError) {
        if day.isEmpty || month.isEmpty || year.isEmpty { throw .empty }
        try self.init(checking: day, month, year)
    }

    private init(
        checking dayText: String, _ monthText: String, _ yearText: String
    ) throws(EntryError) {
        guard let day = Self.number(dayText, digits: 1...2),
            let month = Self.number(monthText, digits: 1...2),
            let year = Self.number(yearText, digits: 4...4), Self.years.contains(year),
            (0...12).contains(month), (0...Self.days(of: month, in: year)).contains(day)
        else { throw .notADate }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Whether the directory's date (`yyyy-MM-dd`) is this one; false for a date that can't be read.
    ///
    /// A `00` of the directory fits whatever is typed. A typed `00` fits only what the directory does
    /// not know either: a `00`, or the 1 January that stands for an unknown day and month. It is not a
    /// free place in a guess. A stored 1 January asks for 1 January (or for 00/00): taken as a mere
    /// year it would let anybody through who knows the child's age, and the papers of these children
    /// say 1 January too.
    public func matches(_ stored: String) -> Bool {
        let parts = stored.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let storedYear = Self.number(parts[0], digits: 4...4),
            let storedMonth = Self.number(parts[1], digits: 2...2),
            let storedDay = Self.number(parts[2], digits: 2...2),
            storedYear == year
        else { return false }
        let isPresumed = storedMonth == 1 && storedDay == 1
        return Self.fits(month, storedMonth, isPresumed: isPresumed)
            && Self.fits(day, storedDay, isPresumed: isPresumed)
    }

    private static func fits(_ typed: Int, _ stored: Int, isPresumed: Bool) -> Bool {
        typed == stored || stored == 0 || (typed == 0 && isPresumed)
    }

    /// ASCII digits alone.
    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
