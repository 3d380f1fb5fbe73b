import CCurl
import Glibc
import Synchronization

/// The thread that owns libcurl's multi handle and every transfer in it.
///
/// `@unchecked Sendable`: the multi handle is touched by the thread alone, but for
/// `curl_multi_wakeup`, which libcurl allows from any thread and which is only called under
/// `shared`'s lock while `ended` is false.
final class TransferThread: @unchecked Sendable {
    struct Job: Sendable {
        let id: UInt64
        let order: Transfer.Order
        let continuation: UnsafeContinuation<Transfer.Result, Never>
    }

    private struct Shared {
        var lastID: UInt64 = 0
        var added: [Job] = []
        /// Added and not ended yet.
        var live: Set<UInt64> = []
        /// Live ones that the thread shall end.
        var cancelled: [UInt64] = []
        /// Cancelled before they were added.
        var stillborn: Set<UInt64> = []
        var stopping = false
        var ended = false
    }

    private static let pollMilliseconds: Int32 = 1000
    /// Once a process; libcurl's "threadsafe" build makes a later call by somebody else harmless.
    private static let globalResult: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private let options: HTTPFetch.Options
    private let multi: UnsafeMutableRawPointer
    private let shared = Mutex(Shared())
    /// By easy handle; the thread's alone.
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

    init(_ options: HTTPFetch.Options) throws(FetchError) {
        guard Self.globalResult == CURLE_OK, let multi = curl_multi_init() else {
            throw .broken("libcurl does not start")
        }
        if let file = options.extraCAFile, access(file, R_OK) != 0 {
            curl_multi_cleanup(multi)
            throw .invalidRequest("CA file \(file) can't be read")
        }
        self.options = options
        self.multi = multi
    }

    func start() throws(FetchError) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument {
                    Unmanaged<TransferThread>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            curl_multi_cleanup(multi)
            throw .broken("no thread for transfers")
        }
        pthread_detach(thread)
    }

    // MARK: Called from anywhere

    /// Carries an order out; cancelled with its task.
    func run(_ order: Transfer.Order) async throws(FetchError) -> Transfer.Outcome {
        let id = nextID()
        defer { forget(id) }
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                add(Job(id: id, order: order, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
        return try result.get()
    }

    private func nextID() -> UInt64 {
        shared.withLock {
            $0.lastID &+= 1
            return $0.lastID
        }
    }

    private func add(_ job: Job) {
        let refusal: FetchError? = shared.withLock { shared in
            if shared.stopping || shared.stillborn.contains(job.id) { return .cancelled }
            if shared.live.count >= options.concurrentMax { return .busy }
            shared.live.insert(job.id)
            shared.added.append(job)
            curl_multi_wakeup(multi)
            return nil
        }
        if let refusal { job.continuation.resume(returning: .failure(refusal)) }
    }

    private func cancel(_ id: UInt64) {
        shared.withLock { shared in
            guard shared.live.contains(id) else {
                shared.stillborn.insert(id)
                return
            }
            shared.cancelled.append(id)
            if !shared.ended { curl_multi_wakeup(multi) }
        }
    }

    /// To be called when no `cancel` for this id can come any more.
    private func forget(_ id: UInt64) {
        _ = shared.withLock { $0.stillborn.remove(id) }
    }

    func stop() {
        shared.withLock { shared in
            shared.stopping = true
            if !shared.ended { curl_multi_wakeup(multi) }
        }
    }

    // MARK: The thread's own

    private func run() {
        var running: Int32 = 0
        while takeWork() {
            curl_multi_perform(multi, &running)
            reapFinished()
            curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil)
        }
        for transfer in transfers.values { finish(transfer, .failure(.cancelled)) }
        curl_multi_cleanup(multi)
    }

    /// Starts what was added, ends what was cancelled; false once the thread shall end.
    private func takeWork() -> Bool {
        let (added, cancelled, stopping) = shared.withLock { shared in
            defer {
                shared.added = []
                shared.cancelled = []
                shared.ended = shared.stopping
            }
            return (shared.added, shared.cancelled, shared.stopping)
        }
        for job in added { begin(job) }
        for id in cancelled {
            if let transfer = transfers.values.first(where: { $0.job.id == id }) {
                finish(transfer, .failure(.cancelled))
            }
        }
        return !stopping
    }

    private func begin(_ job: Job) {
        do throws(FetchError) {
            let transfer = try Transfer(job, options)
            transfers[transfer.easy] = transfer
            guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                return finish(transfer, .failure(.broken("transfer not accepted")))
            }
        } catch {
            end(job, .failure(error))
        }
    }

    private func reapFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = transfers[easy]
            else { continue }
            finish(transfer, transfer.outcome(of: ccurl_message_result(message)))
        }
    }

    private func finish(_ transfer: Transfer, _ result: Transfer.Result) {
        curl_multi_remove_handle(multi, transfer.easy)
        transfers[transfer.easy] = nil
        end(transfer.job, result)
    }

    private func end(_ job: Job, _ result: Transfer.Result) {
        _ = shared.withLock { $0.live.remove(job.id) }
        job.continuation.resume(returning: result)
    }
}
