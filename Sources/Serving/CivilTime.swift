import FoundationEssentials

/// A moment as calendar and clock show it in UTC, for the two textual forms that servers write often.
struct CivilTime: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    var millisecond: Int
    /// 0 is Sunday.
    var weekday: Int

    /// Proleptic Gregorian calendar, by the usual shift of the year's start to March, which puts the
    /// leap day last. Years outside 0–9999 are not written by anybody here; they are clamped.
    init(_ date: Date) {
        let bounded = min(max(date.timeIntervalSince1970, -62_167_219_200), 253_402_300_799)
        let milliseconds = Int((bounded * 1000).rounded(.down))
        let seconds = Self.floorDivide(milliseconds, 1000)
        millisecond = milliseconds - seconds * 1000
        let days = Self.floorDivide(seconds, 86_400)
        let rest = seconds - days * 86_400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        weekday = ((days + 4) % 7 + 7) % 7  // 1 January 1970 was a Thursday

        let shifted = days + 719_468  // days since 1 March of the year 0
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    var httpDate: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return "\(weekdays[weekday]), \(Self.two(day)) \(months[month - 1]) \(Self.four(year)) "
            + "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second)) GMT"
    }

    /// `1994-11-06T08:49:37.000Z` (RFC 3339).
    var timestamp: String {
        let thousandths = millisecond < 100 ? "0\(Self.two(millisecond))" : "\(millisecond)"
        return "\(Self.four(year))-\(Self.two(month))-\(Self.two(day))T"
            + "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second)).\(thousandths)Z"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func four(_ number: Int) -> String { two(number / 100) + two(number % 100) }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : (a - b + 1) / b
    }
}
