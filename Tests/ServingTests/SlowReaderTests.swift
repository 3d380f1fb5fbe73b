import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Serving
import ServiceLifecycle
import Testing

/// The listener's side of a connection buffers a few kilobytes here, so that most of an answer waits
/// in the program until the client reads.
@Suite("A client that reads slowly gets its whole answer", .timeLimit(.minutes(1)))
struct SlowReaderTests {
    private static let bufferBytes: Int32 = 4096

    /// What the client does between the first bytes of its answer and the others.
    enum Event: CaseIterable {
        case endsItsSide, serverStops
    }

    @Test(
        "whatever happens when part of it is still to be sent",
        arguments: Event.allCases,
        // The first waits as a whole; of the second the server waits for room.
        [48 * 1024, 512 * 1024])
    func whole(_ event: Event, _ size: Int) async throws {
        let body = ByteBuffer(repeating: 0x61, count: size)
        let received = try await RunningServer.run(
            options: {
                // Nobody but the answer's end may end the connection.
                $0.drainTimeout = .seconds(300)
                $0.idleTimeout = .seconds(300)
            },
            routes: { $0.get("/large") { _, _ in JSONResponse(body) } },
            body: { server in
                try server.shrinkSendBuffers(to: Self.bufferBytes)
                return try await Self.read(from: server) { outbound in
                    switch event {
                    case .endsItsSide: outbound.finish()
                    case .serverStops: await server.group.triggerGracefulShutdown()
                    }
                }
            })
        #expect(Answer(received).body.utf8.count == size)
    }

    private static func read(
        from server: RunningServer,
        afterFirst event: @Sendable (NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
    ) async throws -> String {
        let channel = try await server.connect {
            $0.channelOption(.socketOption(.so_rcvbuf), value: Int(bufferBytes))
                .channelOption(
                    .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 256))
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET /large HTTP/1.1\r\nHost: h\r\n\r\n"))
            var answer = ByteBuffer()
            do {
                for try await part in inbound {
                    let isFirst = answer.readableBytes == 0
                    answer.writeImmutableBuffer(part)
                    if isFirst { try await event(outbound) }
                }
            } catch {}  // a reset, in place of the rest
            return String(buffer: answer)
        }
    }
}

extension RunningServer {
    struct NotFound: Error {}

    /// Makes the kernel hold little of what is sent on connections accepted from now on: they take
    /// this from the listening socket, which is in this process.
    func shrinkSendBuffers(to bytes: Int32) throws {
        for descriptor in 0..<Int32(1024) {
            var isListening: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            var address = sockaddr_in()
            var addressSize = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isOurs =
                getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0
                && isListening != 0
                && withUnsafeMutableBytes(of: &address) { bytes in
                    getsockname(
                        descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                        &addressSize)
                } == 0 && Int(UInt16(bigEndian: address.sin_port)) == port
            guard isOurs else { continue }
            var value = bytes
            guard setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &value, size) == 0 else { break }
            return
        }
        throw NotFound()
    }
}
