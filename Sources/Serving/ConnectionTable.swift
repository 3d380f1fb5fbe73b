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
    private let loop: any EventLoop
    let executor: LoopExecutor

    init(settings: ConnectionSettings, loop: any EventLoop) {
        self.settings = settings
        self.loop = loop
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

    /// The last requests: busy connections close after their answer, idle ones soon. Not at once: a
    /// request that is on its way just then would find its connection reset and its answer lost.
    func quiesce() {
        isQuiescing = true
        loop.assumeIsolated().scheduleTask(in: TimeAmount(settings.options.lastRequestTime)) {
            [self] in
            for connection in connections.values { connection.quiesce() }
        }
    }

    /// Closes what is still open and cancels what is still under way.
    func closeAll() {
        for connection in connections.values { connection.cut() }
    }

    private func renewDate() {
        dateLine = Array("Date: \(CivilTime(settings.environment.now()).httpDate)\r\n".utf8)
    }
}
