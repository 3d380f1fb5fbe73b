import HTTPTypes
import NIOCore
import NIOHTTP1

/// What the channel tells its connection.
extension Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        table.add(self)
        if table.isQuiescing { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        guard phase != .closed else { return }
        let isAnswering = phase == .responding
        phase = .closed
        deadline = .distantFuture
        waiting.removeAll()
        self.context = nil
        // Who hangs up before the answer keeps the place until the work is done; and the event loop,
        // which that work needs, is not stopped before.
        if !isAnswering { forget() }
    }

    /// Nothing is read while a request is answered: a client that sends on and on waits in its kernel.
    func read(context: ChannelHandlerContext) {
        if holdsReads { wantsRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if phase == .flushing, context.channel.isWritable { goOn() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        // A client that has said all it wants still gets the answer it waits for.
        inputIsClosed = true
        if !holdsReads { finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return abort() }
        let isTooLong = (error as? HTTPParserError) == .headerOverflow
        switch phase {
        case .idle, .head, .body: refuse(isTooLong ? .requestHeaderFieldsTooLarge : .badRequest)
        case .responding: isOutOfStep = true  // closes after the answer that is under way
        case .flushing: abort()
        case .lingering, .closed: break
        }
    }
}
