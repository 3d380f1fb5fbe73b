import FoundationEssentials
import Synchronization
import Tokens

/// Values under random names, each until its time: sign-ins under way, sessions, codes, tokens. In
/// memory alone: whoever restarts the simulator begins anew.
final class ExpiringTable<Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var expiresAt: Date
    }

    private static var nameByteCount: Int { 32 }
    private let countMax: Int
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameter countMax: beyond it the values that expire first are forgotten.
    init(countMax: Int = 20_000) {
        self.countMax = countMax
    }

    /// Keeps the value under a new name, which it returns: 43 characters of base64url.
    func insert(
        _ value: Value, for lifetime: Duration, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) -> String {
        let name = Base64URL.encode(random(Self.nameByteCount))
        _ = put(value, under: name, until: now + lifetime, at: now)
        return name
    }

    /// False where a value of that name lives already, which stays.
    func put(_ value: Value, under name: String, until expiry: Date, at now: Date) -> Bool {
        entries.withLock { entries in
            if let known = entries[name], now < known.expiresAt { return false }
            if entries.count >= countMax { Self.makeRoom(in: &entries, at: now) }
            entries[name] = Entry(value: value, expiresAt: expiry)
            return true
        }
    }

    func value(_ name: String, at now: Date) -> Value? {
        entries.withLock { entries in
            guard let entry = entries[name], now < entry.expiresAt else { return nil }
            return entry.value
        }
    }

    /// Changes a living value in place and returns what `body` makes of it; nil where there is none.
    ///
    /// - Parameter lifetime: from now on; nil leaves its time as it was.
    func update<Result>(
        _ name: String, for lifetime: Duration? = nil, at now: Date,
        _ body: (inout Value) -> Result
    ) -> Result? {
        entries.withLock { entries in
            guard var entry = entries[name], now < entry.expiresAt else { return nil }
            let result = body(&entry.value)
            if let lifetime { entry.expiresAt = now + lifetime }
            entries[name] = entry
            return result
        }
    }

    func remove(_ name: String) {
        entries.withLock { $0[name] = nil }
    }

    private static func makeRoom(in entries: inout [String: Entry], at now: Date) {
        let before = entries.count
        entries = entries.filter { now < $0.value.expiresAt }
        guard entries.count == before else { return }
        let first = entries.sorted { $0.value.expiresAt < $1.value.expiresAt }
        for (name, _) in first.prefix(max(1, before / 10)) { entries[name] = nil }
    }
}

extension Date {
    static func + (date: Date, duration: Duration) -> Date {
        let (seconds, attoseconds) = duration.components
        return date.addingTimeInterval(Double(seconds) + Double(attoseconds) / 1e18)
    }
}
