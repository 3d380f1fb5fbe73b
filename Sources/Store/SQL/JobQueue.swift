import Glibc

/// Nanoseconds of a clock that never jumps.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension Duration {
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(clamping: seconds) * 1_000_000_000
            + UInt64(clamping: attoseconds / 1_000_000_000)
    }
}

/// What a body does, and so what stands around it.
enum JobKind: Sendable {
    /// A snapshot.
    case reading
    /// A transaction that commits.
    case writing
    /// No transaction, and nothing beside it on its connection.
    case alone
}

/// A body on its way through a database thread: performed, then answered once its outcome is known.
protocol Job: AnyObject, Sendable {
    /// When it gives up waiting for its turn, in monotonic nanoseconds.
    var deadline: UInt64 { get }
    var kind: JobKind { get }
    /// Runs the body and keeps its value. A second call replaces the value of the first.
    func perform(_ connection: any SQLConnection) throws
    /// Gives the value that was kept.
    func answer()
    func fail(_ error: any Error)
}

/// A job that resumes the task that waits for it.
///
/// Unchecked: made by one task, then handed to one thread by the queue's mutex; nobody else touches
/// `value`.
final class AwaitedJob<T: Sendable>: Job, @unchecked Sendable {
    let deadline: UInt64
    let kind: JobKind
    private let body: @Sendable (any SQLConnection) throws -> T
    private let continuation: UnsafeContinuation<T, any Error>
    private var value: T?

    init(
        deadline: UInt64, kind: JobKind, body: @escaping @Sendable (any SQLConnection) throws -> T,
        continuation: UnsafeContinuation<T, any Error>
    ) {
        self.deadline = deadline
        self.kind = kind
        self.body = body
        self.continuation = continuation
    }

    func perform(_ connection: any SQLConnection) throws {
        value = try body(connection)
    }

    func answer() {
        if let value {
            continuation.resume(returning: value)
        } else {
            continuation.resume(
                throwing: StoreError.unavailable(detail: "answered before it was performed"))
        }
    }

    func fail(_ error: any Error) {
        continuation.resume(throwing: error)
    }
}

/// Jobs that wait for a thread, at most `limit` of them.
///
/// Unchecked: `waiting`, `isClosed` and `sleepers` are touched only with the mutex held.
final class JobQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let limit: Int
    private let patience: UInt64
    private var waiting: [any Job] = []
    private var head = 0
    private var sleepers = 0
    private var isClosed = false

    init(limit: Int, patience: Duration) {
        self.limit = limit
        self.patience = patience.nanoseconds
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Waits for the value of a body that a thread of this queue runs.
    func submit<T: Sendable>(
        _ kind: JobKind, _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await withUnsafeThrowingContinuation { continuation in
            // What runs alone (migrations, checkpoints) is worth waiting for.
            let deadline = kind == .alone ? UInt64.max : monotonicNanoseconds() + patience
            let job = AwaitedJob(
                deadline: deadline, kind: kind, body: body, continuation: continuation)
            if let refusal = append(job) { job.fail(refusal) }
        }
    }

    private func append(_ job: any Job) -> StoreError? {
        pthread_mutex_lock(mutex)
        if let refusal {
            pthread_mutex_unlock(mutex)
            return refusal
        }
        waiting.append(job)
        let wakes = sleepers > 0
        pthread_mutex_unlock(mutex)
        // After the unlock: the thread that wakes up would only wait for the mutex.
        if wakes { pthread_cond_signal(condition) }
        return nil
    }

    /// Why no further job is taken, if none is; asked with the mutex held.
    private var refusal: StoreError? {
        if isClosed { return .unavailable(detail: "the store is closed") }
        if waiting.count - head >= limit { return .busy(detail: "\(limit) requests wait already") }
        return nil
    }

    /// The next jobs in the order of their arrival, `limit` at most; waits for one. Nil when the
    /// queue is closed and empty. A job that runs alone comes alone.
    func next(limit: Int) -> [any Job]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == waiting.count {
            if isClosed { return nil }
            sleepers += 1
            pthread_cond_wait(condition, mutex)
            sleepers -= 1
        }
        var end = head
        while end < waiting.count, end - head < limit {
            if waiting[end].kind == .alone {
                if end == head { end += 1 }
                break
            }
            end += 1
        }
        let jobs = Array(waiting[head..<end])
        if end == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if end > 4096 {
            waiting.removeFirst(end)
            head = 0
        } else {
            head = end
        }
        return jobs
    }

    /// Refuses further jobs; the threads end when the waiting ones are done.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
