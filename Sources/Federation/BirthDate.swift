/// A birth date of which day, or day and month, may be unknown: `1992-11-00`, `1992-00-00`.
///
/// Such presumed dates are those of people born where nobody registered them.
public struct BirthDate: Sendable, Hashable {
    public let year: Int
    /// Nil: unknown, and then the day is too.
    public let month: Int?
    public let day: Int?

    /// `YYYY-MM-DD`, a day of the calendar, or with zeros for what is unknown. Nil for anything
    /// else, also for a day without a month.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), Self.years.contains(year), month <= 12
        else { return nil }
        if month == 0 {
            guard day == 0 else { return nil }
        } else if day > Self.days(ofMonth: month, year) {
            return nil
        }
        self.year = year
        self.month = month == 0 ? nil : month
        self.day = day == 0 ? nil : day
    }

    /// As it was read.
    public var text: String {
        Self.padded(year, 4) + "-" + Self.padded(month ?? 0, 2) + "-" + Self.padded(day ?? 0, 2)
    }

    /// Of people who could have a child at school.
    private static let years = 1850...2199

    private static func days(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0) { value, digit -> Int? in
            guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else {
                return nil
            }
            return value * 10 + Int(digit - UInt8(ascii: "0"))
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
