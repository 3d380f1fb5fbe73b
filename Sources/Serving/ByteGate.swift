import NIOCore

/// Stands before the parser: tells the connection that bytes arrive, and drops those that nobody wants.
final class ByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if connection.bytesArrive() { context.fireChannelRead(data) }
    }
}
