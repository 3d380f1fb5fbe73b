import FoundationEssentials

/// How long somebody must wait who has tried too often, in the words of every screen that limits
/// (J §3.1).
public struct Wait: Sendable {
    let until: Date
    let now: Date

    public init(until: Date, now: Date) {
        self.until = until
        self.now = now
    }

    public var tooManyAttempts: String { "Trop de tentatives. Réessayez dans \(text)." }

    /// For `Retry-After`.
    var seconds: Int64 { max(1, Int64(until.timeIntervalSince(now).rounded(.up))) }

    private var text: String {
        let minutes = max(1, Int((until.timeIntervalSince(now) / 60).rounded(.up)))
        if minutes < 120 { return Self.count(minutes, "minute") }
        return Self.count((minutes + 59) / 60, "heure")
    }

    private static func count(_ number: Int, _ unit: String) -> String {
        "\(number) \(unit)\(number > 1 ? "s" : "")"
    }
}
