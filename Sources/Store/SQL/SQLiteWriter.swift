/// The one thread that writes: it takes what waits, runs it in one transaction, commits once and
/// answers after.
///
/// Unchecked: `connection` and `nextCheckpoint` are touched only by the thread that runs `serve`.
final class SQLiteWriter: @unchecked Sendable {
    /// Bodies in one transaction: more would make each of them wait longer without sparing many
    /// commits.
    static let groupMax = 256
    /// Pages of the log (4 KiB each) after which it is moved into the database.
    static let logPages = 4000
    /// The log at that length: a header of 32 bytes, then pages with 24 bytes each before them.
    static let logBytes = 32 + logPages * (4096 + 24)

    private let connection: SQLiteConnection
    private let jobs: JobQueue
    private let patience: UInt64
    private let checkpoints: Bool
    private var nextCheckpoint = logPages

    /// `checkpoints` is false where another handle may write the same file.
    init(connection: SQLiteConnection, jobs: JobQueue, patience: Duration, checkpoints: Bool) {
        self.connection = connection
        self.jobs = jobs
        self.patience = patience.nanoseconds
        self.checkpoints = checkpoints
    }

    /// Runs until the queue is closed and empty, then leaves a database without a log.
    func serve() {
        while let group = jobs.next(limit: Self.groupMax) {
            if let job = group.first, job.kind == .alone {
                runAlone(job)
            } else {
                write(group)
                checkpointIfDue()
            }
        }
        // A failure leaves the log as it is: the next start reads it.
        if checkpoints { _ = try? connection.checkpoint(truncating: true) }
    }

    private func runAlone(_ job: any Job) {
        connection.limit(until: .max)
        do {
            try job.perform(connection)
            job.answer()
        } catch {
            connection.rollBack()
            job.fail(error)
        }
    }

    // MARK: A group

    private func write(_ group: [any Job]) {
        var waiting = group
        // Each round but the last takes one job out, so it ends.
        while !waiting.isEmpty {
            switch run(&waiting) {
            case .ready(let outcomes): return commit(outcomes)
            case .refused(let error):
                for job in waiting { job.fail(error) }
                return
            case .again: continue
            }
        }
    }

    private enum Round {
        /// All have run; nothing is committed yet.
        case ready([(job: any Job, failure: (any Error)?)])
        /// The database refuses to write at all.
        case refused(any Error)
        /// One body took the whole transaction down; it has its answer, the others run again.
        case again
    }

    private func run(_ group: inout [any Job]) -> Round {
        let now = monotonicNanoseconds()
        group.removeAll { job in
            guard job.deadline < now else { return false }
            job.fail(StoreError.busy(detail: "waited too long for its turn"))
            return true
        }
        if group.isEmpty { return .again }
        do {
            try connection.beginWriting()
        } catch {
            return .refused(error)
        }
        var outcomes: [(job: any Job, failure: (any Error)?)] = []
        outcomes.reserveCapacity(group.count)
        for (index, job) in group.enumerated() {
            do {
                try perform(job)
                outcomes.append((job, nil))
            } catch {
                // An interrupted write or a full disk makes SQLite undo the whole transaction, not
                // the statement.
                guard connection.isOutsideTransaction else {
                    outcomes.append((job, error))
                    continue
                }
                if (error as? StoreError) == .unavailable(detail: "") { return .refused(error) }
                group.remove(at: index)
                job.fail(error)
                return .again
            }
        }
        return .ready(outcomes)
    }

    private func perform(_ job: any Job) throws {
        connection.limit(until: monotonicNanoseconds() + patience)
        connection.beginBody()
        do {
            try job.perform(connection)
            try connection.endBody()
        } catch {
            // If it can't be undone alone, the whole group is, and the others run again.
            do { try connection.undoBody() } catch { connection.rollBack() }
            throw error
        }
    }

    private func commit(_ outcomes: [(job: any Job, failure: (any Error)?)]) {
        do {
            try connection.commit()
        } catch {
            connection.rollBack()
            // Whether the log's last frames have reached the disk is not known; even a refusal may
            // rest on them.
            let detail = (error as? StoreError)?.detail ?? "\(error)"
            for (job, _) in outcomes { job.fail(StoreError.unknownOutcome(detail: detail)) }
            return
        }
        for (job, failure) in outcomes {
            if let failure { job.fail(failure) } else { job.answer() }
        }
    }

    // MARK: The log

    private func checkpointIfDue() {
        guard checkpoints else { return }
        let pages = connection.logPages
        // The log began anew, since all of it had been moved.
        if pages < nextCheckpoint - Self.logPages { nextCheckpoint = Self.logPages }
        guard pages >= nextCheckpoint else { return }
        nextCheckpoint = pages + Self.logPages
        // A reader that holds an old snapshot only delays it; a failure is tried again that many
        // pages later.
        _ = try? connection.checkpoint(truncating: false)
    }
}

/// A thread that reads, one body after another, each in a snapshot.
///
/// Unchecked: `connection` is touched only by the thread that runs `serve`.
final class SQLiteReader: @unchecked Sendable {
    private let connection: SQLiteConnection
    private let jobs: JobQueue
    private let patience: UInt64

    init(connection: SQLiteConnection, jobs: JobQueue, patience: Duration) {
        self.connection = connection
        self.jobs = jobs
        self.patience = patience.nanoseconds
    }

    /// Runs until the queue is closed and empty.
    func serve() {
        while let job = jobs.next(limit: 1)?.first {
            let now = monotonicNanoseconds()
            guard now <= job.deadline else {
                job.fail(StoreError.busy(detail: "waited too long for its turn"))
                continue
            }
            do {
                connection.limit(until: now + patience)
                try connection.beginReading()
                try job.perform(connection)
                try connection.commit()
                job.answer()
            } catch {
                connection.rollBack()
                job.fail(error)
            }
        }
    }
}
