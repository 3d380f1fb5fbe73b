/// Where a listener listens, and the bound of everything that a stranger may send it (SR-66).
public struct ListenerOptions: Sendable {
    /// A name or address; `127.0.0.1` unless told otherwise, since TLS ends in a proxy (D17).
    public var host: String
    /// 0: any free port; `Listener` tells which.
    public var port: Int
    /// Peers whose `X-Forwarded-For` is believed, and which may hold any number of connections.
    public var trustedProxies: [NetworkRange]
    /// Names and values of all header fields and the request target together, in bytes.
    public var maxHeaderBytes = 16 * 1024
    public var maxHeaderCount = 64
    /// Nothing that a browser or client sends us is larger (security.md 2.48): forms of 64 KiB.
    public var maxBodyBytes = 64 * 1024
    /// From the first byte of a request to the end of its header.
    public var headerTimeout = Duration.seconds(10)
    /// From the end of the header to the end of the body.
    public var bodyTimeout = Duration.seconds(15)
    /// Between two requests of a connection, and before the first.
    public var idleTimeout = Duration.seconds(60)
    /// For a client that does not read our answer.
    public var writeTimeout = Duration.seconds(30)
    public var maxConnections = 10_000
    /// A household or school behind one address stays far below; proxies are exempt.
    public var maxConnectionsPerPeer = 256
    /// How long idle connections are kept after a stop: what is on its way on them is still answered.
    /// Longer than a busy proxy takes to use a connection again, and well below `drainTimeout`.
    public var lastRequestTime = Duration.milliseconds(200)
    /// How long requests that were already accepted may still take after a stop.
    public var drainTimeout = Duration.seconds(10)
    public var eventLoopThreads: Int

    public init(
        host: String = "127.0.0.1", port: Int = 0, trustedProxies: [NetworkRange] = [],
        eventLoopThreads: Int = 2
    ) {
        self.host = host
        self.port = port
        self.trustedProxies = trustedProxies
        self.eventLoopThreads = eventLoopThreads
    }
}
