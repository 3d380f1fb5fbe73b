import Glibc
import Synchronization

/// Threads of their own for calls that block; they end by themselves when their queue is closed.
final class DatabaseThreads: Sendable {
    private struct State {
        var running = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts a thread that runs `body` once.
    func start(_ body: @escaping @Sendable () -> Void) throws {
        state.withLock { $0.running += 1 }
        let box = Unmanaged.passRetained(Box(body, self))
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                if let context { Box.run(context) }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            ended()
            throw StoreError.unavailable(detail: "no thread: error \(status)")
        }
        pthread_detach(handle)
    }

    /// Returns when every thread has ended and what it owned is gone; at once if that has happened already.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if state.running > 0 { state.waiting.append(continuation) }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
    }

    private func ended() {
        let waiting = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [] as [UnsafeContinuation<Void, Never>] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private final class Box: Sendable {
        private let body: @Sendable () -> Void
        private let threads: DatabaseThreads

        init(_ body: @escaping @Sendable () -> Void, _ threads: DatabaseThreads) {
            self.body = body
            self.threads = threads
        }

        static func run(_ context: UnsafeMutableRawPointer) {
            consume(context).ended()
        }

        /// Runs the body and lets go of it, so that its connection is closed before anybody is told.
        private static func consume(_ context: UnsafeMutableRawPointer) -> DatabaseThreads {
            let box = Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
            box.body()
            return box.threads
        }
    }
}
