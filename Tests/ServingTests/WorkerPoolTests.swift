import Dispatch
import Serving
import Synchronization
import Testing

@Suite("A pool of threads", .timeLimit(.minutes(1)))
struct WorkerPoolTests {
    /// Holds a thread until it is opened.
    private final class Gate: Sendable {
        let arrivals: AsyncStream<Void>
        private let arrived: AsyncStream<Void>.Continuation
        private let door = DispatchSemaphore(value: 0)

        init() { (arrivals, arrived) = AsyncStream.makeStream() }

        @Sendable func stand() {
            arrived.finish()
            door.wait()
        }

        func open() { door.signal() }
    }

    /// What a job holds, such as a typed password.
    private final class Held: Sendable {}

    /// Work that is in the queue when this returns.
    private func enqueue(
        on pool: WorkerPool, _ work: @escaping @Sendable () -> Void
    ) -> Task<Void, any Error> {
        Task.immediate { try await pool.run(work) }
    }

    @Test("lets go of what a job holds once it has run, also while another one always waits")
    func released() async throws {
        let pool = try WorkerPool(threads: 1, waiting: 8)
        defer { pool.close() }
        let gates = [Gate(), Gate()]
        let first = enqueue(on: pool, gates[0].stand)
        weak var held: Held?
        let second: Task<Void, any Error>
        do {
            let password = Held()
            held = password
            second = enqueue(on: pool) { withExtendedLifetime(password) {} }
        }
        let third = enqueue(on: pool, gates[1].stand)
        let last = enqueue(on: pool) {}
        for await _ in gates[0].arrivals {}
        #expect(held != nil, "it has not run yet")
        gates[0].open()
        try await second.value
        for await _ in gates[1].arrivals {}
        #expect(held == nil)
        gates[1].open()
        for task in [first, third, last] { try await task.value }
    }

    @Test("does its work in the order in which it came")
    func order() async throws {
        let pool = try WorkerPool(threads: 1, waiting: 100)
        defer { pool.close() }
        let gate = Gate()
        let done = Mutex<[Int]>([])
        var tasks = [enqueue(on: pool, gate.stand)]
        for number in 0..<100 {
            tasks.append(enqueue(on: pool) { done.withLock { $0.append(number) } })
        }
        gate.open()
        for task in tasks { try await task.value }
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test(
        "refuses at once what is past its bound, and takes more as soon as a place is free (SR-66)")
    func bound() async throws {
        let pool = try WorkerPool(threads: 2, waiting: 1)
        defer { pool.close() }
        let gates = [Gate(), Gate()]
        let tasks = gates.map { enqueue(on: pool, $0.stand) }
        do {
            let place = try pool.place()
            await #expect(throws: WorkerPool.Busy.self) { try await pool.run {} }
            #expect(throws: WorkerPool.Busy.self) { try pool.place() }
            _ = consume place
        }
        let waiting = enqueue(on: pool) {}
        #expect(throws: WorkerPool.Busy.self) { try pool.place() }
        for gate in gates { gate.open() }
        for task in tasks + [waiting] { try await task.value }
        #expect(try await pool.run { 42 } == 42)
    }

    @Test("gives the error of a job to who waits for it")
    func failure() async throws {
        struct Broken: Error {}
        let pool = try WorkerPool(threads: 1, waiting: 0)
        defer { pool.close() }
        await #expect(throws: Broken.self) { try await pool.run { throw Broken() } }
        #expect(try await pool.run { 42 } == 42)
    }

    @Test("once closed refuses work, does what has a place, and ends its threads")
    func close() async throws {
        weak var ended: WorkerPool?
        do {
            let pool = try WorkerPool(threads: 3, waiting: 8)
            ended = pool
            let gate = Gate()
            let running = enqueue(on: pool, gate.stand)
            let place = try pool.place()
            pool.close()
            #expect(throws: WorkerPool.Busy.self) { try pool.place() }
            gate.open()
            try await running.value
            #expect(try await place.run { 42 } == 42)
        }
        // Its threads hold it.
        while ended != nil { await Task.yield() }
    }

    @Test("does not come to be without its threads, and those that run end")
    func noThreads() async throws {
        let ends = Mutex(0)
        let started = Mutex(0)
        #expect(throws: PlainThread.NotStarted.self) {
            _ = try WorkerPool(threads: 3, waiting: 8) { body throws(PlainThread.NotStarted) in
                let count = started.withLock { count in
                    count += 1
                    return count
                }
                guard count < 3 else { throw PlainThread.NotStarted() }
                try PlainThread.start {
                    body()
                    ends.withLock { $0 += 1 }
                }
            }
        }
        while ends.withLock({ $0 }) < 2 { await Task.yield() }
    }
}
