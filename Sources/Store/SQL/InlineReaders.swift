import Synchronization

/// A few connections on which whoever asks reads at once, on its own thread: to wake a thread for a
/// look-up costs more than the look-up.
///
/// Belongs to a `SQLiteDatabase`.
final class InlineReaders: Sendable {
    /// Unchecked: the mutex hands a connection to one taker at a time, and only the taker touches it.
    private struct Slot: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private struct Free {
        var slots: [Slot]
        var isClosed = false
    }

    private let free: Mutex<Free>
    private let patience: UInt64

    /// Takes the connections over.
    init(_ connections: [SQLiteConnection], patience: Duration) {
        free = Mutex(Free(slots: connections.map { Slot(connection: $0) }))
        self.patience = patience.nanoseconds
    }

    /// The body's value, read in a snapshot; nil when every connection is in use or all are closed.
    func read<T>(_ body: (any SQLConnection) throws -> T) throws -> T? {
        guard let slot = free.withLock({ $0.slots.popLast() }) else { return nil }
        defer { giveBack(slot) }
        let connection = slot.connection
        connection.limit(until: monotonicNanoseconds() + patience)
        do {
            try connection.beginReading()
            let value = try body(connection)
            try connection.commit()
            return value
        } catch {
            connection.rollBack()
            throw error
        }
    }

    func close() {
        free.withLock { free in
            free.isClosed = true
            free.slots = []
        }
    }

    private func giveBack(_ slot: Slot) {
        free.withLock { free in
            if !free.isClosed { free.slots.append(slot) }
        }
    }
}
