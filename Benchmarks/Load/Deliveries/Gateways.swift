import NIOCore
import NIOPosix
import Tokens

/// A mail server and an SMS gateway of this program, on free loopback ports: they take what comes and
/// tell the arrivals.
struct Gateways {
    let mailPort: Int
    let smsPort: Int

    init(on group: MultiThreadedEventLoopGroup, _ arrivals: Arrivals) async throws {
        mailPort = try await Self.listen(group) { MailConversation(arrivals) }
        smsPort = try await Self.listen(group) { SMSConversation(arrivals) }
    }

    private static func listen(
        _ group: MultiThreadedEventLoopGroup, _ make: @escaping @Sendable () -> some ChannelHandler
    ) async throws -> Int {
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(make())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = server.localAddress?.port else {
            throw Server.Failure(description: "a gateway has no port")
        }
        return port
    }
}

/// The server's side of SMTP (RFC 5321), as far as a client that makes no mistake needs it.
private final class MailConversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let arrivals: Arrivals
    private var received: [UInt8] = []
    private var isContent = false
    private var recipient = ""

    init(_ arrivals: Arrivals) { self.arrivals = arrivals }

    func channelActive(context: ChannelHandlerContext) { say("220 bench", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        while let part = received.part(endingIn: isContent ? "\r\n.\r\n" : "\r\n") {
            say(isContent ? content(part) : command(part), context)
        }
    }

    private func command(_ line: String) -> String {
        switch line.prefix(4).uppercased() {
        case "DATA":
            isContent = true
            return "354 go on"
        case "RCPT":
            recipient = line.between("<", ">") ?? ""
            return "250 ok"
        case "QUIT": return "221 bye"
        default: return "250 ok"
        }
    }

    private func content(_ text: String) -> String {
        isContent = false
        arrivals.take(text.between("Message-ID: <", "@") ?? "", for: recipient)
        return "250 taken"
    }

    private func say(_ line: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: line + "\r\n")), promise: nil)
    }
}

/// HTTP/1.1 with a `Content-Length`, as the JSON gateway's client speaks it.
private final class SMSConversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let arrivals: Arrivals
    private var received: [UInt8] = []
    private var head: String?

    init(_ arrivals: Arrivals) { self.arrivals = arrivals }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        while head != nil || readHead(), let head, takeBody(head) {
            self.head = nil
            let answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }

    private func readHead() -> Bool {
        head = received.part(endingIn: "\r\n\r\n")
        return head != nil
    }

    private func takeBody(_ head: String) -> Bool {
        let count = head.between("Content-Length: ", "\r\n").flatMap { Int($0) } ?? 0
        guard received.count >= count else { return false }
        let body = Array(received.prefix(count))
        received.removeFirst(count)
        let number = (try? JSON(parsing: body))?.member("to")?.string
        arrivals.take(head.between("Idempotency-Key: ", "\r\n") ?? "", for: number ?? "")
        return true
    }
}

extension [UInt8] {
    /// Takes what stands before a mark, and the mark, away; nil while it has not come.
    fileprivate mutating func part(endingIn mark: String) -> String? {
        guard let range = firstRange(of: Array(mark.utf8)) else { return nil }
        let part = String(decoding: self[..<range.lowerBound], as: UTF8.self)
        removeSubrange(..<range.upperBound)
        return part
    }
}

extension String {
    fileprivate func between(_ start: String, _ end: String) -> String? {
        // The last line of a head has lost its end.
        guard let start = firstRange(of: start) else { return nil }
        let rest = self[start.upperBound...]
        return String(rest[..<(rest.firstRange(of: end)?.lowerBound ?? rest.endIndex)])
    }
}
