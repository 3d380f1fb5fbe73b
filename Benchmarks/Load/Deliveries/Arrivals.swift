import Glibc
import Synchronization

/// What the gateways of this program are to be handed, and what they were: each message once, not
/// before it was due, with its own recipient.
final class Arrivals: Sendable {
    struct Expected: Sendable {
        let recipient: String
        /// Nanoseconds of the wall clock.
        let due: UInt64
    }

    private struct State {
        var expected: [String: Expected] = [:]
        var measurement = Measurement()
        var last: UInt64 = 0
    }

    private let state = Mutex(State())

    func expect(_ messages: [String: Expected]) {
        state.withLock { $0 = State(expected: messages) }
    }

    var remaining: Int { state.withLock { $0.expected.count } }

    /// Counts a message in; what is wrong with it is noted.
    func take(_ id: String, for recipient: String) {
        let now = wallClock()
        state.withLock { state in
            guard let expected = state.expected.removeValue(forKey: id),
                expected.recipient == recipient, now >= expected.due
            else {
                state.measurement.errors += 1
                state.measurement.notes.append("message \(id): unknown, twice, misled or too early")
                return
            }
            state.measurement.operations += 1
            state.measurement.latencies.record(now - expected.due)
            state.last = now
        }
    }

    /// What arrived since `start` (wall clock); what did not is an error each.
    func measurement(since start: UInt64) -> Measurement {
        state.withLock { state in
            var measurement = state.measurement
            measurement.seconds = Double(max(state.last, start) - start) / 1e9
            measurement.errors += state.expected.count
            if !state.expected.isEmpty {
                measurement.notes.append("\(state.expected.count) messages did not arrive")
            }
            return measurement
        }
    }
}

/// Nanoseconds since 1970.
func wallClock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
