import NIOCore
import NIOPosix
import ServiceLifecycle

/// Stands before the listener where misbehaviour is allowed and hands every byte on, both ways. An
/// answer that carries `LineFaults.trickle` leaves a byte a second: HTTP below sends whole answers.
struct SlowLine: Service {
    private static let pause = Duration.seconds(1)
    private static let headBytesMax = 4_096
    private static let statusLine = Array("HTTP/1.1 ".utf8)
    private static let mark = Array(LineFaults.trickle.utf8)

    let host: String
    let port: Int
    /// Where the listener listens, once it does.
    let behind: @Sendable () async -> Int?
    let onBound: @Sendable (_ port: Int) -> Void

    typealias Line = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    func run() async throws {
        guard let target = await behind() else { return }
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Line(wrappingChannelSynchronously: channel)
                }
            }
        onBound(server.channel.localAddress?.port ?? port)
        await cancelWhenGracefulShutdown {
            try? await server.executeThenClose { connections in
                await withDiscardingTaskGroup { tasks in
                    do {
                        for try await near in connections {
                            tasks.addTask { await Self.join(near, to: target, group) }
                        }
                    } catch {
                        tasks.cancelAll()
                    }
                }
            }
        }
    }

    private static func join(_ near: Line, to port: Int, _ group: any EventLoopGroup) async {
        try? await near.executeThenClose { requests, answersOut in
            let far = try await ClientBootstrap(group: group)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Line(wrappingChannelSynchronously: channel)
                    }
                }
            try await far.executeThenClose { answers, requestsOut in
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask {
                        for try await bytes in requests { try await requestsOut.write(bytes) }
                        requestsOut.finish()
                    }
                    tasks.addTask { try await Self.send(answers, answersOut) }
                    // Who has answered to the end, or left, ends the other half too.
                    try await tasks.waitForAll()
                }
            }
        }
    }

    private static func send(
        _ answers: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ out: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        var trickles = false
        for try await bytes in answers {
            trickles = trickles || holdsMark(bytes)
            guard trickles else {
                try await out.write(bytes)
                continue
            }
            for byte in bytes.readableBytesView {
                try await out.write(ByteBuffer(bytes: [byte]))
                try await Task.sleep(for: pause)
            }
        }
        out.finish()
    }

    /// A header stands at the beginning of what the listener sends.
    private static func holdsMark(_ bytes: ByteBuffer) -> Bool {
        let view = bytes.readableBytesView.prefix(headBytesMax)
        guard view.starts(with: statusLine) else { return false }
        return view.indices.contains { view[$0...].starts(with: mark) }
    }
}
