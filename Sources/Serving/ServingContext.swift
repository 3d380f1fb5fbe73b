import Hummingbird
import Logging

/// What one request brings besides itself. Made by the `Listener`; a test in process makes its own.
public struct ServingContext: RequestContext {
    public typealias Source = ServingSource

    public var coreContext: CoreRequestContextStorage
    /// The other end of the connection: a reverse proxy, or the client itself.
    public let peer: NetworkAddress
    /// Who asks: the nearest address that isn't a trusted proxy, or `peer` (security.md V4.1.3).
    public let clientAddress: NetworkAddress
    /// Names this request in error pages and in the log.
    public let correlation: CorrelationID

    public init(source: ServingSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.peer
        clientAddress = source.clientAddress
        correlation = source.correlation
    }

    /// The key that limits count by: see `NetworkAddress.networkKey`.
    public var networkKey: String { clientAddress.networkKey }
}

/// What a `ServingContext` is made from.
public struct ServingSource: RequestContextSource {
    public let logger: Logger
    public let peer: NetworkAddress
    public let clientAddress: NetworkAddress
    public let correlation: CorrelationID

    public init(
        logger: Logger, peer: NetworkAddress = .loopback, clientAddress: NetworkAddress? = nil,
        correlation: CorrelationID = CorrelationID(0)
    ) {
        self.logger = logger
        self.peer = peer
        self.clientAddress = clientAddress ?? peer
        self.correlation = correlation
    }
}

/// A number that a user can read out to the support team: 13 characters without look-alikes.
public struct CorrelationID: Hashable, Sendable, CustomStringConvertible {
    private let value: UInt64

    public init(_ value: UInt64) { self.value = value }

    /// The id of the `count`th request of a connection with this random `seed`: distinct ones for
    /// distinct counts, without asking the kernel for randomness at each request.
    init(seed: UInt64, count: UInt64) {
        var mixed = seed &+ count &* 0x9E37_79B9_7F4A_7C15  // SplitMix64
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        value = mixed ^ (mixed >> 31)
    }

    /// Crockford's base 32, as it is spoken.
    public var description: String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        let digits = (0..<13).map { alphabet[Int((value >> UInt64(60 - 5 * $0)) & 31)] }
        return String(decoding: digits, as: UTF8.self)
    }
}
