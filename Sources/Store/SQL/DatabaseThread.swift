import Glibc
import Synchronization

/// A thread of its own for calls that block.
final class DatabaseThread: Sendable {
    private let handle: pthread_t
    /// A handle may be joined once: afterwards the C library has given its memory away.
    private let isJoined = Atomic(false)

    /// Starts a thread that runs `body` once.
    init(_ body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(Box(body))
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            throw StoreError.unavailable(detail: "no thread: error \(status)")
        }
        self.handle = handle
    }

    /// Blocks until the thread has ended; at once when somebody waits for it already.
    func join() {
        guard !isJoined.exchange(true, ordering: .relaxed) else { return }
        pthread_join(handle, nil)
    }

    /// Waits until all of the threads have ended, without blocking the caller's.
    static func join(_ threads: [DatabaseThread]) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let waiter = try? DatabaseThread {
                for thread in threads { thread.join() }
                continuation.resume()
            }
            guard let waiter else { return continuation.resume() }
            pthread_detach(waiter.handle)
        }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
