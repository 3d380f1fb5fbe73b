import Glibc
import NIOCore
import NIOPosix

/// The connections of one workload and what they measure.
///
/// Unchecked: all state is touched on the one event loop only; the main thread comes in by `submit`.
final class Crew: @unchecked Sendable {
    /// How operations follow each other.
    enum Pace {
        /// Each connection begins the next one when the last is answered.
        case closed
        /// So many a second, whatever becomes of them.
        case open(perSecond: Double)
    }

    struct Tally {
        var latencies = Histogram()
        var refusals = Histogram()
        var errors = 0
        /// Operations that were due but found every connection in use.
        var unsent = 0
    }

    private let loop: any EventLoop
    private let pace: Pace
    private let operationsPerLine: Int?
    private var lines: [Line] = []
    private var idle: [Line] = []
    private var tally = Tally()
    private var isMeasuring = false
    private var isStopping = false
    private(set) var notes: [String] = []
    private var nextDue: UInt64 = 0
    private var closing: EventLoopPromise<Void>?
    private var allDone: EventLoopPromise<Void>?
    private var wanted = 0
    private var present = 0
    private var working = 0
    private static let notesMax = 5
    /// Where every answer is wrong there is nothing to measure.
    private static let errorsMax = 2000

    init(on loop: any EventLoop, pace: Pace, operationsPerLine: Int? = nil) {
        self.loop = loop
        self.pace = pace
        self.operationsPerLine = operationsPerLine
    }

    // MARK: From the main thread

    /// Connects one line for each conversation. The conversations are made on the event loop.
    func connect(
        port: Int, count: Int, _ make: @escaping @Sendable (Int) -> any Conversation
    ) throws {
        let loop = loop
        try loop.submit { self.wanted = count }.wait()
        for index in 0..<count {
            _ = try ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            Line(make(index), crew: self))
                    }
                }
                .connect(host: "127.0.0.1", port: port).wait()
        }
    }

    func start() throws {
        try loop.submit {
            switch self.pace {
            case .closed:
                self.idle.removeAll()
                self.working = self.lines.count
                for line in self.lines { line.begin() }
            case .open:
                self.nextDue = monotonic()
                self.beginWhatIsDue()
            }
        }.wait()
    }

    func beginMeasuring() throws {
        try loop.submit {
            self.tally = Tally()
            self.isMeasuring = true
        }.wait()
    }

    func endMeasuring() throws -> Tally {
        try loop.submit {
            self.isMeasuring = false
            return self.tally
        }.wait()
    }

    /// Lets operations under way finish, then closes.
    func stop() throws {
        let closed = loop.makePromise(of: Void.self)
        loop.execute {
            self.isStopping = true
            self.closing = closed
            for line in self.lines where !line.isBusy { line.close() }
            if self.present == 0 { closed.succeed() }
        }
        try closed.futureResult.wait()
    }

    /// With `operationsPerLine`: waits until every line has done its share.
    func waitForAll() throws {
        let done = loop.makePromise(of: Void.self)
        loop.execute {
            self.allDone = done
            self.tellWhenAllDone()
        }
        try done.futureResult.wait()
    }

    // MARK: On the event loop

    func isConnected(_ line: Line) {
        lines.append(line)
        idle.append(line)
        present += 1
    }

    func isGone(_ line: Line) {
        present -= 1
        idle.removeAll { $0 === line }
        if present == 0 { closing?.succeed() }
    }

    func finished(_ line: Line, after nanoseconds: UInt64) {
        if isMeasuring { tally.latencies.record(nanoseconds) }
        goOn(line)
    }

    func turnedAway(_ line: Line, after nanoseconds: UInt64) {
        if isMeasuring { tally.refusals.record(nanoseconds) }
        goOn(line)
    }

    func fail(_ reason: String, on line: Line) {
        tally.errors += 1
        note(reason)
        if tally.errors > Self.errorsMax {
            isStopping = true
            tellWhenAllDone()
        }
        goOn(line)
    }

    func note(_ text: String) {
        if notes.count < Self.notesMax { notes.append(text) }
    }

    private func goOn(_ line: Line) {
        if isStopping { return line.close() }
        switch pace {
        case .closed:
            if let operationsPerLine, line.operations >= operationsPerLine {
                working -= 1
                return tellWhenAllDone()
            }
            line.begin()
        case .open:
            idle.append(line)
        }
    }

    private func tellWhenAllDone() {
        if isStopping {
            allDone?.fail(Broken(notes: notes))
        } else if working == 0 {
            allDone?.succeed()
        } else {
            return
        }
        allDone = nil
    }

    struct Broken: Error, CustomStringConvertible {
        let notes: [String]
        var description: String { "too many errors, such as: " + notes.joined(separator: " | ") }
    }

    private func beginWhatIsDue() {
        guard !isStopping, case .open(let perSecond) = pace else { return }
        let now = monotonic()
        let gap = UInt64(1e9 / perSecond)
        while nextDue <= now {
            if let line = idle.popLast() {
                line.begin(due: nextDue)
            } else if isMeasuring {
                tally.unsent += 1
            }
            nextDue += gap
        }
        loop.scheduleTask(in: .nanoseconds(Int64(nextDue - now))) { self.beginWhatIsDue() }
    }
}
