import FoundationEssentials
import NIOCore

/// The connections of one event loop, and what they share. Used on that loop only.
///
/// One repeated task looks at all deadlines, so that a request sets a number instead of a timer.
final class ConnectionTable {
    private let settings: ConnectionSettings
    private var connections: [ObjectIdentifier: Connection] = [:]
    private(set) var isQuiescing = false
    /// The `Date` field, renewed with each tick.
    private(set) var dateLine: [UInt8] = []
    let executor: LoopExecutor

    init(settings: ConnectionSettings, loop: any EventLoop) {
        self.settings = settings
        executor = LoopExecutor(loop)
        renewDate()
    }

    func add(_ connection: Connection) { connections[ObjectIdentifier(connection)] = connection }
    func remove(_ connection: Connection) { connections[ObjectIdentifier(connection)] = nil }

    /// Ends what has taken too long.
    func tick() {
        renewDate()
        let now = NIODeadline.now()
        for connection in connections.values where connection.deadline <= now {
            connection.expire()
        }
    }

    /// No further request: idle connections close now, busy ones after their answer.
    func quiesce() {
        isQuiescing = true
        for connection in connections.values { connection.quiesce() }
    }

    /// Closes what is still open.
    func closeAll() {
        for connection in connections.values { connection.abort() }
    }

    private func renewDate() {
        dateLine = Array("Date: \(CivilTime(settings.environment.now()).httpDate)\r\n".utf8)
    }
}
