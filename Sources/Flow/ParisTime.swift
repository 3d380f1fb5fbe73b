import FoundationEssentials

/// A moment as a clock in mainland France shows it: `2025-01-22 10:36:11.979`, the form of the claim
/// `FrEduCtDateConnexion` (domain: partners read it without a zone).
///
/// UTC+1, and UTC+2 from the last Sunday of March to the last Sunday of October, both at 01:00 UTC
/// (directive 2000/84/EC). Computed here because the time zones of Foundation need its whole library.
public enum ParisTime {
    public static func text(_ date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let seconds = milliseconds.floored(by: 1000)
        let local = seconds + offset(seconds)
        let day = civil(local.floored(by: 86_400))
        let second = local - local.floored(by: 86_400) * 86_400
        return padded(day.year, 4) + "-" + padded(day.month, 2) + "-" + padded(day.day, 2) + " "
            + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":"
            + padded(second % 60, 2) + "." + padded(milliseconds - seconds * 1000, 3)
    }

    /// « 22/01/2025 à 10:36 », as screens and mails say it.
    public static func dayAndMinute(_ date: Date) -> String {
        let seconds = Int64(date.timeIntervalSince1970.rounded(.down))
        let local = seconds + offset(seconds)
        let day = civil(local.floored(by: 86_400))
        let second = local - local.floored(by: 86_400) * 86_400
        return padded(day.day, 2) + "/" + padded(day.month, 2) + "/" + padded(day.year, 4) + " à "
            + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2)
    }

    /// « 30/11/2017 à 12:38:08 », as the portal and the account say when something happened.
    public static func dayAndSecond(_ date: Date) -> String {
        let second = Int64(date.timeIntervalSince1970.rounded(.down))
        // Offsets are whole hours: the seconds are everybody's.
        return dayAndMinute(date) + ":" + padded(second - second.floored(by: 60) * 60, 2)
    }

    public static func year(_ date: Date) -> Int {
        let seconds = Int64(date.timeIntervalSince1970.rounded(.down))
        return Int(civil((seconds + offset(seconds)).floored(by: 86_400)).year)
    }

    /// The beginning of a day in French time.
    ///
    /// - Parameter day: midnight of that day in UTC.
    public static func startOfDay(_ day: Date) -> Date {
        let seconds = Int64(day.timeIntervalSince1970.rounded(.down))
        // The clock never changes at midnight.
        return Date(timeIntervalSince1970: Double(seconds - offset(seconds - 3600)))
    }

    /// The same day and time of the clock so many months later, or the last day of a month that is too
    /// short: three months after 30 November is 28 or 29 February. A time that the clock leaps over is
    /// an hour later, one that it shows twice is the second.
    public static func date(_ date: Date, addingMonths count: Int) -> Date {
        let seconds = Int64(date.timeIntervalSince1970.rounded(.down))
        let local = seconds + offset(seconds)
        let dayNumber = local.floored(by: 86_400)
        let day = civil(dayNumber)
        let months = day.year * 12 + day.month - 1 + Int64(count)
        let year = months.floored(by: 12)
        let month = months - year * 12 + 1
        let first = days(year, month, 1)
        let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
        let target = (first + min(day.day, next - first) - 1) * 86_400 + local - dayNumber * 86_400
        // Winter time makes of a doubled hour the second, and of a missing one the hour after.
        let asWinter = target - 3600
        let end = isSummer(asWinter) && isSummer(target - 7200) ? target - 7200 : asWinter
        return Date(timeIntervalSince1970: Double(end))
    }

    private static func offset(_ seconds: Int64) -> Int64 { isSummer(seconds) ? 7200 : 3600 }

    private static func isSummer(_ seconds: Int64) -> Bool {
        let year = civil(seconds.floored(by: 86_400)).year
        let begin = lastSunday(before: days(year, 4, 1)) * 86_400 + 3600
        let end = lastSunday(before: days(year, 11, 1)) * 86_400 + 3600
        return begin <= seconds && seconds < end
    }

    /// Days since 1970-01-01, which was a Thursday.
    private static func lastSunday(before day: Int64) -> Int64 {
        let weekday = (day + 3) - (day + 3).floored(by: 7) * 7  // 0: Monday
        return weekday == 0 ? day - 1 : day - weekday - 1
    }

    /// The day of the proleptic Gregorian calendar; years begin in March, so that a leap day is the last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted.floored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity: times before 1970 too.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
