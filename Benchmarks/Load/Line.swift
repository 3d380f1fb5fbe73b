import NIOCore

/// One keep-alive connection and the conversation on it. Used on its event loop only.
final class Line: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let conversation: any Conversation
    private let crew: Crew
    private var context: ChannelHandlerContext?
    private var input = ByteBuffer()
    /// When the operation began, or should have begun.
    private var operationStart: UInt64 = 0
    private var requestStart: UInt64 = 0
    private(set) var isBusy = false
    var operations = 0

    init(_ conversation: any Conversation, crew: Crew) {
        self.conversation = conversation
        self.crew = crew
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        crew.isConnected(self)
    }

    /// Begins an operation. Its latency counts from `due`, so that a late start is not forgiven.
    func begin(due: UInt64? = nil) {
        guard let context else { return crew.fail("a closed connection", on: self) }
        isBusy = true
        requestStart = monotonic()
        operationStart = due ?? requestStart
        context.writeAndFlush(NIOAny(conversation.begin()), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        do {
            while let answer = try Answer(&input) { take(answer, context) }
        } catch {
            finish(.failed("a malformed answer: \(error)"))
            context.close(promise: nil)
        }
    }

    private func take(_ answer: Answer, _ context: ChannelHandlerContext) {
        guard isBusy else { return finish(.unexpected("an answer that nobody asked for", answer)) }
        switch conversation.take(answer) {
        case .send(let request):
            requestStart = monotonic()
            context.writeAndFlush(NIOAny(request), promise: nil)
        case let step:
            finish(step)
        }
    }

    private func finish(_ step: Step) {
        isBusy = false
        let now = monotonic()
        switch step {
        case .send: break
        case .done:
            operations += 1
            crew.finished(self, after: now - operationStart)
        case .turnedAway:
            crew.turnedAway(self, after: now - requestStart)
        case .failed(let reason):
            crew.fail(reason, on: self)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if isBusy { finish(.failed("the server closed a connection in use")) }
        crew.isGone(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        crew.note("connection: \(error)")
        context.close(promise: nil)
    }

    func close() { context?.close(promise: nil) }
}
