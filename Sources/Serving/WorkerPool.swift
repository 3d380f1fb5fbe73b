import Glibc
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
        var jobs: [@Sendable () -> Void] = []
        var head = 0
        var taken = 0
        var isClosed = false
    }

    private let queue = Mutex(Queue())
    private let placesMax: Int
    private let wakeUps: Semaphore

    /// - Parameters:
    ///   - threads: how many run at once.
    ///   - waiting: how many more may wait.
    ///   - niceness: 0 as everybody else, up to 19: gives way to the event loops.
    public init(threads: Int, waiting: Int, niceness: Int32 = 0) {
        placesMax = threads + waiting
        wakeUps = Semaphore()
        for _ in 0..<max(1, threads) { start(niceness) }
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

    /// Ends the threads once the queue is empty; later work is refused.
    public func close() {
        queue.withLock { $0.isClosed = true }
        wakeUps.signal()
    }

    private func giveBack() {
        queue.withLock { $0.taken -= 1 }
    }

    private func enqueue(_ job: @escaping @Sendable () -> Void) {
        queue.withLock { $0.jobs.append(job) }
        wakeUps.signal()
    }

    private func nextJob() -> (@Sendable () -> Void)? {
        queue.withLock { queue in
            guard queue.head < queue.jobs.count else { return nil }
            let job = queue.jobs[queue.head]
            queue.head += 1
            if queue.head == queue.jobs.count {
                queue.jobs.removeAll(keepingCapacity: true)
                queue.head = 0
            }
            return job
        }
    }

    private func start(_ niceness: Int32) {
        PlainThread.start { [self] in
            if niceness > 0 {
                // On Linux the priority of "process 0" is the calling thread's own.
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            }
            while true {
                wakeUps.wait()
                if let job = nextJob() {
                    job()
                } else if queue.withLock({ $0.isClosed }) {
                    wakeUps.signal()  // the next thread wakes and ends too
                    return
                }
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

/// A detached thread of the C library that runs one closure to its end.
public enum PlainThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    public static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            return
        }
        pthread_detach(thread)
    }
}
