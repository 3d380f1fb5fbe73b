import Glibc
import NIOCore
import Synchronization

/// A few threads for work that takes milliseconds of processor time (password hashes, RSA
/// signatures), with a bounded queue: the event loops and the other requests never wait for it, and
/// past the bound the work is refused at once instead of piling up (SR-66, security history 2.43).
public final class WorkerPool: Sendable {
    /// The queue is full: answer 503 with `Retry-After`.
    public struct Busy: Error, Sendable {
        public init() {}
    }

    /// A place in the queue, taken before anything is counted or looked up, so that a refusal for
    /// want of capacity leaves no trace. Given back when nobody holds it any more.
    public final class Place: Sendable {
        private let pool: WorkerPool

        fileprivate init(_ pool: WorkerPool) { self.pool = pool }

        /// Runs `work` on one of the threads.
        public func run<Value: Sendable>(
            _ work: @escaping @Sendable () throws -> Value
        ) async throws -> Value {
            let pool = self.pool
            return try await withCheckedThrowingContinuation { continuation in
                pool.enqueue { continuation.resume(with: Result(catching: work)) }
            }
        }

        deinit { pool.giveBack() }
    }

    private struct Queue {
        /// A job that is taken out is held by nobody else: it may hold a password.
        var jobs = CircularBuffer<@Sendable () -> Void>()
        var taken = 0
        var isClosed = false
        /// Whoever holds a place may still bring work.
        var hasEnded: Bool { isClosed && taken == 0 }
    }

    private let queue = Mutex(Queue())
    private let placesMax: Int
    private let wakeUps: Semaphore

    /// - Parameters:
    ///   - threads: how many run at once.
    ///   - waiting: how many more may wait.
    ///   - niceness: 0 as everybody else, up to 19: gives way to the event loops.
    ///   - startThread: runs a body on a thread of its own.
    ///
    /// Throws unless every thread runs: nobody must wait for work that is never done.
    public init(
        threads: Int, waiting: Int, niceness: Int32 = 0,
        startThread: (@escaping @Sendable () -> Void) throws(PlainThread.NotStarted) -> Void =
            PlainThread.start
    ) throws(PlainThread.NotStarted) {
        placesMax = threads + waiting
        wakeUps = Semaphore()
        do {
            for _ in 0..<max(1, threads) { try startThread { [self] in work(niceness) } }
        } catch {
            close()
            throw error
        }
    }

    /// Takes a place, or throws `Busy`.
    public func place() throws(Busy) -> Place {
        let isTaken = queue.withLock { queue in
            guard queue.taken < placesMax, !queue.isClosed else { return false }
            queue.taken += 1
            return true
        }
        guard isTaken else { throw Busy() }
        return Place(self)
    }

    /// One piece of work in a place of its own.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let place = try place()
        return try await place.run(work)
    }

    /// Takes no more work; the threads end when what has a place is done.
    public func close() {
        queue.withLock { $0.isClosed = true }
        wakeUps.signal()
    }

    private func giveBack() {
        let hasEnded = queue.withLock { queue in
            queue.taken -= 1
            return queue.hasEnded
        }
        if hasEnded { wakeUps.signal() }
    }

    private func enqueue(_ job: @escaping @Sendable () -> Void) {
        queue.withLock { $0.jobs.append(job) }
        wakeUps.signal()
    }

    /// One per cent of the time that a password hash takes.
    private static let pauseMicroseconds: UInt32 = 300

    /// What each thread does until the pool has ended.
    private func work(_ niceness: Int32) {
        if niceness > 0 {
            // On Linux the priority of "process 0" is the calling thread's own.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        }
        while true {
            wakeUps.wait()
            if let job = queue.withLock({ $0.jobs.popFirst() }) {
                job()
                // Work that never pauses keeps even the kernel's own threads, which end disk
                // writes, off a core for hundreds of milliseconds (Linux 6.18, autogroups).
                if niceness > 0 { usleep(Self.pauseMicroseconds) }
            } else if queue.withLock({ $0.hasEnded }) {
                wakeUps.signal()  // the next thread wakes and ends too
                return
            }
        }
    }
}

/// A counting semaphore of the C library. It lives as long as its pool, whose threads hold it.
private final class Semaphore: @unchecked Sendable {
    // Confinement: the pointer is only ever given to sem_* functions, which are thread-safe.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }
}
