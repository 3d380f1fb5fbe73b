import FoundationEssentials

/// Spares a partner that is down, and those who would wait for it.
///
/// After some failures in a row nobody is let through; after a pause one is, as a probe. Its success
/// lets everybody through again; its failure begins the pause anew.
///
/// Source: M. Nygard, "Release It!", Circuit Breaker; the numbers are reliability 5.13's.
public struct CircuitBreaker: Sendable, Equatable {
    public static let failuresMax = 10
    public static let pause: Duration = .seconds(30)

    /// What an exchange has shown about the partner.
    public enum Outcome: Sendable {
        case alive, failing
        /// Nothing: it ended before the partner was asked.
        case unknown
    }

    private enum Phase: Equatable {
        case closed(failures: Int)
        case open(since: Date)
        /// One has been let through. A probe that never ends costs another pause and no more.
        case probing(since: Date)
    }

    private var phase = Phase.closed(failures: 0)

    public init() {}

    /// Whether one who comes now would be let through.
    public func isAvailable(at now: Date) -> Bool {
        switch phase {
        case .closed: true
        case .open(let since), .probing(let since):
            // A clock that is put back must not make the pause longer.
            now < since || now >= since.adding(Self.pause)
        }
    }

    /// Whether this one is let through.
    public mutating func admits(at now: Date) -> Bool {
        guard isAvailable(at: now) else { return false }
        if case .closed = phase { return true }
        phase = .probing(since: now)
        return true
    }

    /// Notes how an exchange has ended that began at `time`.
    public mutating func note(_ outcome: Outcome, begunAt time: Date) {
        switch (outcome, phase) {
        case (.alive, _):
            phase = .closed(failures: 0)
        case (.failing, .closed(let failures)):
            let isLast = failures + 1 >= Self.failuresMax
            phase = isLast ? .open(since: time) : .closed(failures: failures + 1)
        case (.failing, .open(let since)), (.failing, .probing(let since)):
            // What began before the pause, or before the probe, tells nothing new.
            if time >= since { phase = .open(since: time) }
        case (.unknown, .probing(time)):
            // The probe has found nothing: the next may come at once.
            phase = .open(since: time.adding(.zero - Self.pause))
        case (.unknown, _):
            break
        }
    }
}
