import Glibc

/// A thread that runs bodies on its own connection, and makes a new one when that is lost.
///
/// Unchecked: everything that changes is touched only by the thread that runs `serve`.
final class PostgreSQLWorker: @unchecked Sendable {
    /// Runs of one body after the first that lost against another transaction.
    static let rerunsMax = 5

    private let options: PostgreSQLOptions
    private let jobs: JobQueue
    private let turns: Turns
    private var connection: PostgreSQLConnection?
    private var jitter: UInt64

    /// `number` tells the threads of one store apart, so that they don't all reconnect at once.
    init(
        _ options: PostgreSQLOptions, connection: PostgreSQLConnection?, jobs: JobQueue,
        turns: Turns, number: UInt64
    ) {
        self.options = options
        self.connection = connection
        self.jobs = jobs
        self.turns = turns
        self.jitter = number &* 0x9E37_79B9_7F4A_7C15 &+ monotonicNanoseconds()
    }

    /// Runs until the queue is closed and empty.
    func serve() {
        while let job = jobs.next(limit: 1)?.first {
            if monotonicNanoseconds() > job.deadline {
                job.fail(StoreError.busy(detail: "waited too long for its turn"))
            } else {
                run(job)
            }
        }
        connection = nil
    }

    private enum Outcome {
        case done
        case failed(any Error)
        /// Lost against another transaction.
        case lost(detail: String)
        /// The connection broke before the commit was asked for, so nothing was written. What runs
        /// alone (migrations) finds what it has done already.
        case disconnected(any Error)
    }

    private func run(_ job: any Job) {
        let patience = monotonicNanoseconds() + options.patience.nanoseconds
        let end = job.kind == .alone ? UInt64.max : patience
        var reruns = 0
        var reconnections = 0
        while true {
            let outcome: Outcome
            do {
                let connection = try connected(until: patience)
                connection.limit(until: end)
                // Who has lost runs alone in this process, so that it wins the next time.
                outcome = turns.take(alone: reruns > 0) { attempt(job, connection) }
                if connection.isBroken { self.connection = nil }
            } catch {
                return job.fail(error)
            }
            switch outcome {
            case .done: return job.answer()
            case .failed(let error): return job.fail(error)
            case .lost(let detail):
                reruns += 1
                if reruns > Self.rerunsMax { return job.fail(StoreError.busy(detail: detail)) }
                pause(milliseconds: UInt64(reruns))
            case .disconnected(let error):
                reconnections += 1
                if reconnections > 1 { return job.fail(error) }
            }
        }
    }

    private func attempt(_ job: any Job, _ connection: PostgreSQLConnection) -> Outcome {
        do {
            switch job.kind {
            case .alone: break
            case .reading: try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            case .writing: try connection.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
            }
            try job.perform(connection)
        } catch {
            if connection.isBroken { return .disconnected(error) }
            if job.kind != .alone { undo(connection) }
            if let failure = error as? SerializationFailure { return .lost(detail: failure.detail) }
            return .failed(error)
        }
        return job.kind == .alone ? .done : commit(job, connection)
    }

    private func commit(_ job: any Job, _ connection: PostgreSQLConnection) -> Outcome {
        do {
            try connection.execute("COMMIT")
            return .done
        } catch let failure as SerializationFailure {
            return .lost(detail: failure.detail)
        } catch {
            if job.kind == .reading { return .failed(error) }
            // A constraint that is checked here refuses for certain; a lost connection tells
            // nothing.
            switch error as? StoreError {
            case .conflict, .invalid: return .failed(error)
            default:
                return .failed(
                    StoreError.unknownOutcome(detail: (error as? StoreError)?.detail ?? "\(error)"))
            }
        }
    }

    private func undo(_ connection: PostgreSQLConnection) {
        do { try connection.execute("ROLLBACK") } catch { self.connection = nil }
    }

    // MARK: Connecting

    /// The connection, made anew if there is none, as often as the time allows.
    private func connected(until end: UInt64) throws -> PostgreSQLConnection {
        var wait: UInt64 = 20
        while true {
            if let connection { return connection }
            do {
                let made = try PostgreSQLConnection(options)
                connection = made
                return made
            } catch let error as StoreError where error == .unsafeSettings(detail: "") {
                throw error
            } catch {
                if monotonicNanoseconds() + wait * 1_000_000 >= end { throw error }
                pause(milliseconds: wait)
                wait = min(wait * 2, 500)
            }
        }
    }

    /// Sleeps for one half to three halves of the time, each thread for another.
    private func pause(milliseconds: UInt64) {
        jitter = jitter &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        usleep(UInt32(clamping: milliseconds * 500 + (jitter >> 33) % (milliseconds * 1000)))
    }
}

/// Lets many transactions run side by side, or one alone.
///
/// Unchecked: the lock is the operating system's, made once and never moved.
final class Turns: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    init() throws {
        var attributes = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&attributes)
        // Otherwise new transactions would keep the one that waits to be alone waiting.
        pthread_rwlockattr_setkind_np(
            &attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        let status = pthread_rwlock_init(lock, &attributes)
        pthread_rwlockattr_destroy(&attributes)
        guard status == 0 else { throw StoreError.unavailable(detail: "no lock: error \(status)") }
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    func take<T>(alone: Bool, _ body: () -> T) -> T {
        if alone { pthread_rwlock_wrlock(lock) } else { pthread_rwlock_rdlock(lock) }
        defer { pthread_rwlock_unlock(lock) }
        return body()
    }
}
