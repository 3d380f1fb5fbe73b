import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Serving
import Synchronization

/// A listener on a loopback socket, with a fixed clock, counted randomness and a captured log.
struct RunningServer: Sendable {
    let port: Int
    let group: ServiceGroup
    let log: CapturedLog

    /// Runs `body` against a server with `routes`, then stops it and waits until it has stopped.
    static func run<Result: Sendable>(
        options: (inout ListenerOptions) -> Void = { _ in },
        routes: (Router<ServingContext>) -> Void = { _ in },
        body: @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        var configured = ListenerOptions(eventLoopThreads: 1)
        options(&configured)
        let log = CapturedLog()
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(layout: sampleLayout))
        router.get("/ping") { _, _ in JSONResponse(Array("{\"pong\":true}".utf8)) }
        router.post("/echo") { request, _ in
            JSONResponse(Array(buffer: try await request.body.collect(upTo: 1 << 20)))
        }
        StaticFiles.addRoutes(to: router)
        routes(router)
        router.refuseOtherMethods()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let listener = Listener(
            options: configured, environment: .fixed(log),
            securityHeaders: SecurityHeaders(https: true),
            responder: router.buildResponder()
        ) {
            port.yield($0)
            port.finish()
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [listener], logger: log.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var bound: Int?
            for await value in ports { bound = value }
            guard let bound else { throw ServerFailure.didNotStart }
            let result = try await body(RunningServer(port: bound, group: group, log: log))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    enum ServerFailure: Error { case didNotStart }

    /// Sends `text` on a new connection and returns all that the server says until it closes.
    func exchange(_ text: String, halfClose: Bool = false) async throws -> String {
        try await exchange(ByteBuffer(string: text), halfClose: halfClose)
    }

    func exchange(_ bytes: ByteBuffer, halfClose: Bool = false) async throws -> String {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            // The server may have enough before it has read all, and close: that is no failure
            // here.
            try? await outbound.write(bytes)
            if halfClose { outbound.finish() }
            var answer = ByteBuffer()
            do {
                for try await part in inbound { answer.writeImmutableBuffer(part) }
            } catch {}
            return String(buffer: answer)
        }
    }

    func connect(
        options: (ClientBootstrap) -> ClientBootstrap = { $0 }
    ) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await options(ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
    }

    /// One request on a connection of its own.
    func request(
        _ method: String = "GET", _ target: String, _ fields: [String] = [], body: String = ""
    ) async throws -> Answer {
        var lines =
            ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1", "Connection: close"] + fields
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        return Answer(
            try await exchange(lines.joined(separator: "\r\n") + "\r\n\r\n" + body))
    }
}

/// A response as it came over the wire.
struct Answer: Sendable {
    let text: String
    init(_ text: String) { self.text = text }

    var status: Int? {
        let parts = text.split(separator: " ", maxSplits: 2)
        return parts.count > 1 ? Int(parts[1]) : nil
    }

    /// The first field of that name.
    subscript(name: String) -> String? {
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        for line in head.components(separatedBy: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return String(parts[1].drop { $0 == " " })
            }
        }
        return nil
    }

    var body: String {
        let parts = text.components(separatedBy: "\r\n\r\n")
        return parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    /// How many responses the text holds.
    var count: Int { text.components(separatedBy: "HTTP/1.1 ").count - 1 }
}

extension String {
    /// Foundation's function of that name, over bytes: CR LF is one character to `split`.
    func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = Array(utf8)[...]
        let mark = Array(separator.utf8)
        var current: [UInt8] = []
        while let first = rest.first {
            if rest.starts(with: mark) {
                parts.append(String(decoding: current, as: UTF8.self))
                current = []
                rest = rest.dropFirst(mark.count)
            } else {
                current.append(first)
                rest = rest.dropFirst()
            }
        }
        return parts + [String(decoding: current, as: UTF8.self)]
    }
}

/// Keeps what is logged.
final class CapturedLog: Sendable {
    private let captured = Mutex<[String]>([])

    var lines: [String] { captured.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { [self] label in
            JSONLog(label: label, level: .info, now: { Date(timeIntervalSince1970: 784_111_777) }) {
                line in
                self.captured.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            }
        }
    }
}

extension ServerEnvironment {
    /// Sun, 06 Nov 1994 08:49:37 GMT for ever, and bytes that count.
    static func fixed(_ log: CapturedLog) -> ServerEnvironment {
        ServerEnvironment(
            now: { Date(timeIntervalSince1970: 784_111_777) },
            random: { byteCount in (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) } },
            log: log.logger)
    }
}

let sampleLayout = Layout(
    product: Layout.Product(
        name: "EDUCONNECT", slogan: "Le portail des responsables d’élèves du 1er degré", home: "/",
        version: "v1.27.0", footer: [Layout.Link("Aide", "/aide")]))
