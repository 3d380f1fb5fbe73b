import NIOCore

/// Where a request's task goes on after it has waited: on the event loop of its connection. The
/// answer is written there anyway, and a thread of the shared pool between would cost two switches
/// for each wait.
///
/// So nothing that an endpoint does in place may take long: what takes milliseconds of processor time
/// has a `WorkerPool`.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
