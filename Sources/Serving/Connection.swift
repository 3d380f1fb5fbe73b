import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// One connection: collects a request within its bounds, has it answered, writes the answer. Used on
/// its event loop only.
///
/// A body is collected before anybody is asked, so that a slow sender holds a socket and a few bytes
/// but no task, and every time limit stands in one place. One request at a time: what a client sends
/// ahead waits, and nothing more is read meanwhile.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case idle, head, body, responding
        /// An answer is larger than the client has room for: it must read before it may ask again.
        case flushing
        /// The last answer is written; what still arrives is dropped.
        case lingering
        case closed
    }

    /// When the present phase has lasted too long.
    var deadline: NIODeadline
    var phase = Phase.idle
    let settings: ConnectionSettings
    let table: ConnectionTable
    let peer: NetworkAddress
    private let seed: UInt64
    private var requestCount: UInt64 = 0
    var context: ChannelHandlerContext?

    private var head: RequestHead?
    private var body = ByteBuffer()
    private var keepsAlive = true
    /// The request did not end when it was answered, or what follows can't be read.
    var isOutOfStep = false
    var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
    private var isWorking = false
    private var answering: Task<Void, Never>?
    var inputIsClosed = false
    var wantsRead = false

    init(settings: ConnectionSettings, table: ConnectionTable, peer: NetworkAddress, seed: UInt64) {
        self.settings = settings
        self.table = table
        self.peer = peer
        self.seed = seed
        deadline = .now() + settings.idleTimeout
    }

    // MARK: - What arrives

    /// Told by `ByteGate` before the bytes are parsed; `false`: nobody wants them any more.
    func bytesArrive() -> Bool {
        switch phase {
        case .idle:
            phase = .head
            deadline = .now() + settings.headerTimeout
            return true
        case .head, .body, .responding, .flushing:
            return !isOutOfStep
        case .lingering, .closed:
            return false
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        work()
    }

    /// Takes waiting parts until a request is being answered.
    func work() {
        guard !isWorking else { return }  // an answer that came at once, inside `take`
        isWorking = true
        while takesParts, let part = waiting.popFirst() { take(part) }
        isWorking = false
        context?.flush()
        if wantsRead, !holdsReads {
            wantsRead = false
            context?.read()
        }
    }

    private var takesParts: Bool {
        switch phase {
        case .idle, .head, .body: true
        case .responding, .flushing, .lingering, .closed: false
        }
    }

    var holdsReads: Bool { phase == .responding || phase == .flushing }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            do throws(RequestHead.Refusal) {
                try begin(RequestHead(head))
            } catch {
                refuse(error.status)
            }
        case .body(let bytes):
            guard body.readableBytes + bytes.readableBytes <= settings.options.maxBodyBytes else {
                isOutOfStep = true
                return respond(body: RequestBody(asyncSequence: OversizedBody()))
            }
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
        case .end:
            respond(body: RequestBody(buffer: body))
        }
    }

    private func begin(_ head: RequestHead) {
        self.head = head
        keepsAlive = head.keepsAlive && !table.isQuiescing
        body = ByteBuffer()
        phase = .body
        if let announced = head.announcedBytes {
            guard announced <= settings.options.maxBodyBytes else {
                isOutOfStep = true
                return respond(body: RequestBody(asyncSequence: OversizedBody()))
            }
            if announced == 0 { return }
        }
        deadline = .now() + settings.bodyTimeout
        if head.expectsContinue, let context {
            let bytes = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
    }

    // MARK: - The answer

    private func respond(body: RequestBody) {
        guard let head, let context else { return }
        phase = .responding
        deadline = .distantFuture
        requestCount &+= 1
        self.body = ByteBuffer()
        let request = Request(head: head.request, body: body)
        let serving = ServingContext(
            source: ServingSource(
                logger: settings.environment.log, peer: peer,
                clientAddress: ForwardedAddress.client(
                    peer: peer, headers: head.request.headerFields,
                    trusted: settings.options.trustedProxies),
                correlation: CorrelationID(seed: seed, count: requestCount)))
        let loop = context.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        let exchange = Exchange(respond: settings.respond)
        // Runs here as far as it goes without waiting; most answers need no other thread.
        let task = Task.immediate(executorPreference: table.executor) {
            let answer = await exchange.answer(request, serving)
            if loop.inEventLoop {
                connection.value.send(answer)
            } else {
                loop.execute { connection.value.send(answer) }
            }
        }
        if phase == .responding { answering = task }
    }

    private func send(_ answer: Exchange.Answer) {
        answering = nil
        guard phase == .responding, let head else { return forget() }  // closed meanwhile
        let closes =
            !keepsAlive || isOutOfStep || table.isQuiescing || (inputIsClosed && waiting.isEmpty)
        write(
            answer,
            ResponseEncoding.Circumstances(
                isHead: head.request.method == .head, isOld: head.isOld, closes: closes,
                dateLine: table.dateLine))
        self.head = nil
        if closes { return finish() }
        goOn()
    }

    /// Ready for the next request, part of which may have arrived already.
    func goOn() {
        guard let context else { return }
        if !context.channel.isWritable {
            context.flush()
        }
        if !context.channel.isWritable {
            phase = .flushing
            deadline = .now() + settings.writeTimeout
        } else if waiting.isEmpty {
            guard !inputIsClosed, !table.isQuiescing else { return finish() }
            phase = .idle
            deadline = .now() + settings.idleTimeout
        } else {
            phase = .head
            deadline = .now() + settings.headerTimeout
        }
        work()
    }

    private func write(_ answer: Exchange.Answer, _ circumstances: ResponseEncoding.Circumstances) {
        guard let context else { return }
        let (first, second) = settings.encoding.encode(
            answer.status, answer.headers, answer.body, circumstances)
        context.write(wrapOutboundOut(first), promise: nil)
        if let second { context.write(wrapOutboundOut(second), promise: nil) }
    }

    /// An answer that no endpoint made, after which the connection closes.
    func refuse(_ status: HTTPResponse.Status) {
        isOutOfStep = true
        let text = ByteBuffer(string: "\(status.code) \(status.reasonPhrase)\n")
        write(
            Exchange.Answer(
                status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: text),
            ResponseEncoding.Circumstances(
                isHead: false, isOld: false, closes: true, dateLine: table.dateLine))
        finish()
    }

    // MARK: - The end

    /// Closes after everything written has left. A client that still sends would answer a closed socket
    /// with a reset that destroys our answer on its way: so only our half closes, for a while.
    func finish() {
        guard let context else { return }
        phase = .lingering
        deadline = .now() + settings.writeTimeout
        waiting.removeAll()
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        let stillSends = isOutOfStep
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            connection.value.closeAfterAnswer(stillSends: stillSends)
        }
    }

    private func closeAfterAnswer(stillSends: Bool) {
        guard let context, phase == .lingering else { return }
        if stillSends, !inputIsClosed {
            deadline = .now() + settings.lingerTimeout
            context.close(mode: .output, promise: nil)
            context.read()
        } else {
            context.close(promise: nil)
        }
    }

    /// The present phase has lasted too long.
    func expire() {
        switch phase {
        case .head, .body: refuse(.requestTimeout)
        case .idle, .responding, .flushing, .lingering: abort()
        case .closed: break
        }
    }

    /// The server stops.
    func quiesce() {
        switch phase {
        case .idle: finish()
        case .head, .body, .responding, .flushing, .lingering, .closed: break
        }
    }

    func abort() { context?.close(promise: nil) }

    /// The server has waited long enough: also the work for an answer is asked to end.
    func cut() {
        abort()
        answering?.cancel()
    }

    /// Gives the connection's place back, when it is closed and nothing works for it any more.
    func forget() {
        table.remove(self)
        settings.count.leave(peer)
    }
}
