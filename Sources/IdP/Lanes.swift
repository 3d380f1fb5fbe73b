import Store

/// How much of a courier each client takes up, so that a teleservice which hangs leaves room to the
/// others (reliability 5.16).
///
/// One bound for all would not do: the rows of a teleservice that hangs are soon the oldest of the
/// line, and would have every place. A few places for each serve one that answers in 100 ms with forty
/// logouts a second; whose last try failed has one, which finds out when it is back. So up to fifteen
/// may hang and the rest is told.
struct Lanes {
    /// Of `Courier.concurrentMax`.
    static let perClient = 4
    static let perFailingClient = 1

    private var count = 0
    private var underWay: [String: Int] = [:]
    private var failing: Set<String> = []

    var isIdle: Bool { count == 0 }

    /// Clients that get nothing more now.
    var full: [String] {
        underWay.filter { $0.value >= bound(of: $0.key) }.map(\.key)
    }

    /// How many messages of a kind may be taken at once, whosever they are but of the full ones.
    func room(for kind: OutboxKind) -> Int {
        let free = Courier.concurrentMax - count
        guard kind == .logout else { return free }
        let places = failing.union(underWay.keys).map { bound(of: $0) - underWay[$0, default: 0] }
        return min(free, places.filter { $0 > 0 }.min() ?? Self.perClient, Self.perClient)
    }

    mutating func begin(_ client: String?) {
        count += 1
        if let client { underWay[client, default: 0] += 1 }
    }

    /// - Parameter isFinal: false where the try failed and another has to follow.
    mutating func end(_ client: String?, isFinal: Bool) {
        count -= 1
        guard let client else { return }
        let left = underWay[client, default: 1] - 1
        underWay[client] = left > 0 ? left : nil
        if isFinal { failing.remove(client) } else { failing.insert(client) }
    }

    private func bound(of client: String) -> Int {
        failing.contains(client) ? Self.perFailingClient : Self.perClient
    }
}
