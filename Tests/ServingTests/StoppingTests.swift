import Hummingbird
import NIOCore
import Serving
import ServiceLifecycle
import Synchronization
import Testing

@Suite("A graceful stop (security.md 5.7)", .timeLimit(.minutes(1)))
struct StoppingTests {
    /// A route that answers when it is told to.
    private struct Gate: Sendable {
        let arrivals: AsyncStream<Void>
        let arrived: AsyncStream<Void>.Continuation
        let openings: AsyncStream<Void>
        let open: AsyncStream<Void>.Continuation

        init() {
            (arrivals, arrived) = AsyncStream.makeStream()
            (openings, open) = AsyncStream.makeStream()
        }

        func addRoute(_ router: Router<ServingContext>) {
            router.get("/slow") { _, _ in
                arrived.finish()
                for await _ in openings {}
                return JSONResponse(Array("done".utf8))
            }
        }
    }

    @Test("lets an accepted request finish, closes idle connections and takes no new one")
    func drains() async throws {
        let gate = Gate()
        let text = try await RunningServer.run(routes: gate.addRoute) { server in
            let idle = try await server.connect()
            async let answer = server.exchange("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            for await _ in gate.arrivals {}
            await server.group.triggerGracefulShutdown()
            try await idle.executeThenClose { inbound, _ in
                for try await _ in inbound {}  // ends when the server closes it
            }
            await #expect(throws: (any Error).self) { try await server.connect().channel.close() }
            gate.open.finish()
            return try await answer
        }
        #expect(Answer(text).status == 200)
        #expect(Answer(text)["connection"] == "close")
        #expect(Answer(text).body == "done")
    }

    @Test("answers what arrives on an open connection just then, and closes it after that")
    func lastRequests() async throws {
        try await RunningServer.run(options: { $0.lastRequestTime = .seconds(300) }) { server in
            let connection = try await server.connect()
            try await connection.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                var last = ""
                for isStopping in [false, true] {
                    if isStopping { await server.group.triggerGracefulShutdown() }
                    repeat {
                        try await outbound.write(
                            ByteBuffer(string: "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n"))
                        last = try await answers.next().map { String(buffer: $0) } ?? ""
                        #expect(last.hasPrefix("HTTP/1.1 200"))
                    } while isStopping && last.hasPrefix("HTTP/1.1 200")
                        && !last.lowercased().contains("connection: close")
                }
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test("gives up on a request that does not end within the drain time")
    func givesUp() async throws {
        let gate = Gate()
        let text = try await RunningServer.run(
            options: { $0.drainTimeout = .milliseconds(50) }, routes: gate.addRoute
        ) { server in
            async let answer = server.exchange("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            for await _ in gate.arrivals {}
            await server.group.triggerGracefulShutdown()
            return try await answer
        }
        #expect(text.isEmpty)
        gate.open.finish()
    }

    @Test("gives up on work that can't be interrupted either")
    func givesUpOnStubbornWork() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let end = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let log = try await RunningServer.run(
            options: { $0.drainTimeout = .milliseconds(50) },
            routes: { router in
                router.get("/stubborn") { _, _ in
                    await withCheckedContinuation { continuation in
                        end.withLock { $0 = continuation }
                        arrived.finish()
                    }
                    return JSONResponse(Array("done".utf8))
                }
            }
        ) { server in
            async let answer = server.exchange("GET /stubborn HTTP/1.1\r\nHost: h\r\n\r\n")
            for await _ in arrivals {}
            await server.group.triggerGracefulShutdown()
            let text = try await answer
            #expect(text.isEmpty)
            return server.log
        }
        #expect(log.lines.contains { $0.contains("stopped before all requests had ended") })
        end.withLock { $0 }?.resume()
    }

    @Test("asks work for a client that has hung up to end, when the drain time is over")
    func cancelsAbandonedWork() async throws {
        let gate = Gate()
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        try await RunningServer.run(
            options: { $0.drainTimeout = .milliseconds(50) },
            routes: { router in
                router.get("/slow") { _, _ in
                    gate.arrived.finish()
                    for await _ in gate.openings {}
                    #expect(Task.isCancelled)
                    ended.finish()
                    return JSONResponse(Array("done".utf8))
                }
            }
        ) { server in
            let channel = try await server.connect()
            try await channel.executeThenClose { _, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"))
                for await _ in gate.arrivals {}
            }
        }
        for await _ in ends {}
    }

    @Test("an address that can't be bound is an error at start")
    func unbindable() async throws {
        try await RunningServer.run { server in
            var options = ListenerOptions(port: server.port, eventLoopThreads: 1)
            options.idleTimeout = .seconds(1)
            let listener = Listener(
                options: options, environment: .fixed(server.log),
                securityHeaders: SecurityHeaders(https: false),
                responder: Router<ServingContext>.serving().buildResponder())
            await #expect(throws: (any Error).self) { try await listener.run() }
        }
    }
}
