import FoundationEssentials
import Synchronization

/// What has been used once and must not be used again before it expires: `state` and `jti` values.
final class RecentIdentifiers: Sendable {
    private let countMax: Int
    private let expiries = Mutex<[String: Date]>([:])

    /// - Parameter countMax: beyond it the values that expire first are forgotten.
    init(countMax: Int = 50_000) {
        self.countMax = countMax
    }

    /// True the first time, false at each later time until `expiry`.
    func use(_ identifier: String, until expiry: Date, at now: Date) -> Bool {
        expiries.withLock { expiries in
            if let known = expiries[identifier], now < known { return false }
            if expiries.count >= countMax { Self.makeRoom(in: &expiries, at: now) }
            expiries[identifier] = expiry
            return true
        }
    }

    private static func makeRoom(in expiries: inout [String: Date], at now: Date) {
        let before = expiries.count
        expiries = expiries.filter { now < $0.value }
        guard expiries.count == before else { return }
        let first = expiries.sorted { $0.value < $1.value }.prefix(max(1, before / 10))
        for (identifier, _) in first { expiries[identifier] = nil }
    }
}
