import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The HTTP server of a program: accepts, bounds, parses, asks `responder`, answers. A service:
/// on a graceful stop it accepts no more, lets accepted requests finish, and returns.
public struct Listener: Service {
    let settings: ConnectionSettings
    let onBound: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - securityHeaders: added to every answer, also to those that no endpoint made.
    ///   - responder: usually `router.buildResponder()`.
    ///   - onBound: called once connections are accepted, with the port in use.
    public init(
        options: ListenerOptions, environment: ServerEnvironment, securityHeaders: SecurityHeaders,
        responder: some HTTPResponder<ServingContext>,
        onBound: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        settings = ConnectionSettings(
            options: options, environment: environment,
            encoding: ResponseEncoding(securityHeaders),
            respond: { try await responder.respond(to: $0, context: $1) })
        self.onBound = onBound
    }

    /// Serves until the service group stops. Throws where the address can't be bound.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.options.eventLoopThreads)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        DescriptorLimit.raise(for: settings.options.maxConnections, log: settings.environment.log)
        let loops = try await LoopTables(group: group, settings: settings)
        let server = try await bind(group, loops)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationOrGracefulShutdownHandler {
            await onBound(server.localAddress?.port ?? settings.options.port)
            for await _ in stops {}
        } onCancelOrGracefulShutdown: {
            stop.finish()
        }
        try? await server.close()
        loops.quiesce()
        let deadline = loops.closeAll(in: TimeAmount(settings.options.drainTimeout))
        await settings.count.untilNone()
        deadline.cancel()
    }

    private func bind(
        _ group: MultiThreadedEventLoopGroup, _ loops: LoopTables
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [settings] channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.welcome(channel, settings, loops.table(of: channel.eventLoop))
                }
            }
            .bind(host: settings.options.host, port: settings.options.port).get()
    }

    /// Sets a new connection up, or turns it away with 503 where there is no place for it.
    private static func welcome(
        _ channel: any Channel, _ settings: ConnectionSettings, _ table: ConnectionTable?
    ) throws {
        guard let table, let peer = channel.remoteAddress?.ipAddress.flatMap(NetworkAddress.init)
        else { return channel.close(promise: nil) }
        let isTrusted = ForwardedAddress.isTrusted(peer, settings.options.trustedProxies)
        guard settings.count.enter(peer, isExempt: isTrusted) else {
            return try channel.pipeline.syncOperations.addHandler(NoPlace())
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = settings.options.maxHeaderBytes
        limits.maxHeaderListSize = settings.options.maxHeaderBytes
        limits.maxHeaderFieldCount = settings.options.maxHeaderCount
        let seed = settings.environment.random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let connection = Connection(settings: settings, table: table, peer: peer, seed: seed)
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandler(ByteGate(connection))
            try pipeline.addHandler(
                ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
            try pipeline.addHandler(connection)
        } catch {
            settings.count.leave(peer)  // closed before it began: nobody else will count it out
            throw error
        }
    }
}

/// The table of each event loop, reached from that loop or by a message to it.
struct LoopTables: Sendable {
    private let tables: [ObjectIdentifier: NIOLoopBound<ConnectionTable>]
    private let loops: [any EventLoop]

    init(group: MultiThreadedEventLoopGroup, settings: ConnectionSettings) async throws {
        var tables: [ObjectIdentifier: NIOLoopBound<ConnectionTable>] = [:]
        loops = Array(group.makeIterator())
        for loop in loops {
            tables[ObjectIdentifier(loop)] = try await loop.submit {
                let table = NIOLoopBound(
                    ConnectionTable(settings: settings, loop: loop), eventLoop: loop)
                loop.scheduleRepeatedTask(initialDelay: settings.tick, delay: settings.tick) { _ in
                    table.value.tick()
                }
                return table
            }.get()
        }
        self.tables = tables
    }

    /// The table of `loop`, on that loop.
    func table(of loop: any EventLoop) -> ConnectionTable? { tables[ObjectIdentifier(loop)]?.value }

    func quiesce() {
        for loop in loops { loop.execute { [self] in table(of: loop)?.quiesce() } }
    }

    /// Cuts what is still open after `delay`, unless cancelled before.
    func closeAll(in delay: TimeAmount) -> Cut {
        Cut(
            tasks: loops.map { loop in
                loop.scheduleTask(in: delay) { [self] in table(of: loop)?.closeAll() ?? () }
            })
    }

    struct Cut: Sendable {
        let tasks: [Scheduled<Void>]
        func cancel() { for task in tasks { task.cancel() } }
    }
}
