import Hummingbird
import NIOCore
import NIOPosix
import Serving
import Testing

@Suite(
    "What a stranger may send is bounded (SR-66, security.md 2.48, 5.18, 5.19)",
    .timeLimit(.minutes(1)))
struct BoundsTests {
    @Test("a header over 16 KiB is refused with 431, and the server goes on")
    func headerFlood() async throws {
        try await RunningServer.run { server in
            let field = "X-Flood: " + String(repeating: "a", count: 200_000)
            let answer = Answer(
                try await server.exchange("GET /ping HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n"))
            #expect(answer.status == 431)
            #expect(answer["connection"] == "close")
            #expect(try await server.request("GET", "/ping").status == 200)
        }
    }

    @Test("16 KiB in many small fields are refused too")
    func manySmall() async throws {
        try await RunningServer.run { server in
            let fields = (0..<60).map { "X-\($0): \(String(repeating: "a", count: 300))\r\n" }
                .joined()
            let answer = Answer(
                try await server.exchange("GET /ping HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"))
            #expect(answer.status == 431)
        }
    }

    @Test("more than 64 fields are refused with 431; 64 are served")
    func fieldCount() async throws {
        try await RunningServer.run { server in
            func fields(_ count: Int) -> String { (0..<count).map { "X-\($0): 1\r\n" }.joined() }
            let start = "GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
            let reply1 = Answer(try await server.exchange("\(start)\(fields(62))\r\n"))
            #expect(reply1.status == 200)
            let reply2 = Answer(try await server.exchange("\(start)\(fields(63))\r\n"))
            #expect(reply2.status == 431)
        }
    }

    @Test("a request target over the bound is refused")
    func target() async throws {
        try await RunningServer.run { server in
            let path = "/ping?" + String(repeating: "a", count: 20_000)
            let reply3 = Answer(
                try await server.exchange("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n"))
            #expect(reply3.status == 431)
        }
    }

    @Test("a body of 1 MB is refused with 413, announced or not", arguments: [true, false])
    func body(announced: Bool) async throws {
        try await RunningServer.run { server in
            let size = 1 << 20
            var bytes = ByteBuffer(string: "POST /echo HTTP/1.1\r\nHost: h\r\n")
            if announced {
                bytes.writeString("Content-Length: \(size)\r\n\r\n")
                bytes.writeRepeatingByte(0x61, count: size)
            } else {
                bytes.writeString("Transfer-Encoding: chunked\r\n\r\n")
                bytes.writeString("\(String(size, radix: 16))\r\n")
                bytes.writeRepeatingByte(0x61, count: size)
                bytes.writeString("\r\n0\r\n\r\n")
            }
            let answer = Answer(try await server.exchange(bytes))
            #expect(answer.status == 413)
            #expect(answer.count == 1)
            #expect(answer["connection"] == "close")
        }
    }

    @Test("chunks that never end are refused with 413 as soon as they are too many")
    func endlessChunks() async throws {
        try await RunningServer.run { server in
            var bytes = ByteBuffer(
                string: "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<200 {
                bytes.writeString("400\r\n\(String(repeating: "a", count: 1024))\r\n")
            }
            let reply4 = Answer(try await server.exchange(bytes))
            #expect(reply4.status == 413)
        }
    }

    @Test("a body up to the bound arrives whole, chunked or not")
    func wholeBody() async throws {
        try await RunningServer.run { server in
            let body = String(repeating: "a", count: 64 * 1024)
            #expect(try await server.request("POST", "/echo", body: body).body == body)
            let chunked = try await server.exchange(
                "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            #expect(Answer(chunked).body == "abcde")
        }
    }

    @Test("a header that never ends is given up with 408")
    func halfHeader() async throws {
        try await RunningServer.run(options: { $0.headerTimeout = .milliseconds(80) }) { server in
            let answer = Answer(
                try await server.exchange("GET /ping HTTP/1.1\r\nHost: h\r\nX-Slow: "))
            #expect(answer.status == 408)
        }
    }

    @Test("a body that never ends is given up with 408")
    func halfBody() async throws {
        try await RunningServer.run(options: { $0.bodyTimeout = .milliseconds(80) }) { server in
            let answer = Answer(
                try await server.exchange(
                    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"))
            #expect(answer.status == 408)
        }
    }

    @Test(
        "a silent connection is closed without a word",
        arguments: ["", "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n"])
    func idle(sent: String) async throws {
        try await RunningServer.run(options: { $0.idleTimeout = .seconds(1) }) { server in
            let reply5 = Answer(try await server.exchange(sent))
            #expect(reply5.count == (sent.isEmpty ? 0 : 1))
        }
    }

    @Test("a client that does not read its answers is cut off")
    func unread() async throws {
        let large = ByteBuffer(repeating: 0x61, count: 16 << 20)
        try await RunningServer.run(
            options: {
                $0.writeTimeout = .milliseconds(50)
                $0.maxConnectionsPerPeer = 1
            },
            routes: { $0.get("/large") { _, _ in JSONResponse(large) } },
            body: { server in
                let channel = try await ClientBootstrap(
                    group: MultiThreadedEventLoopGroup.singleton
                )
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: server.port).get()
                try await channel.writeAndFlush(
                    ByteBuffer(string: "GET /large HTTP/1.1\r\nHost: h\r\n\r\n"))
                // There is place for one connection: the next one gets it once the first is cut.
                var status: Int?
                repeat {
                    status = try await server.request("GET", "/ping").status
                } while status != 200
                #expect(status == 200)
                try await channel.close()
            })
    }

    @Test(
        "connections of one peer over the bound are turned away with 503; a trusted proxy's are not"
    )
    func perPeer() async throws {
        try await RunningServer.run(options: { $0.maxConnectionsPerPeer = 1 }) { server in
            let first = try await server.connect()
            try await first.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n"))
                var parts = inbound.makeAsyncIterator()
                _ = try await parts.next()
                let answer = Answer(try await server.exchange(""))
                #expect(answer.status == 503)
                #expect(answer["retry-after"] != nil)
            }
        }
        try await RunningServer.run(options: {
            $0.maxConnectionsPerPeer = 0
            $0.trustedProxies = [NetworkRange("127.0.0.0/8")].compactMap { $0 }
        }) { server in
            let answer = try await server.request("GET", "/ping")
            #expect(answer.status == 200)
        }
    }
}
