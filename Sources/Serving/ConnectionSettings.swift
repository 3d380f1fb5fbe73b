import Hummingbird
import NIOCore
import Synchronization

/// What all connections of a listener have in common.
struct ConnectionSettings: Sendable {
    let options: ListenerOptions
    let environment: ServerEnvironment
    let encoding: ResponseEncoding
    let respond: @Sendable (Request, ServingContext) async throws -> Response
    let count: ConnectionCount
    let headerTimeout: TimeAmount
    let bodyTimeout: TimeAmount
    let idleTimeout: TimeAmount
    let writeTimeout: TimeAmount
    /// How long a refused client may go on sending before its connection is cut.
    let lingerTimeout: TimeAmount

    init(
        options: ListenerOptions, environment: ServerEnvironment, encoding: ResponseEncoding,
        respond: @escaping @Sendable (Request, ServingContext) async throws -> Response
    ) {
        self.options = options
        self.environment = environment
        self.encoding = encoding
        self.respond = respond
        count = ConnectionCount(
            total: options.maxConnections, perPeer: options.maxConnectionsPerPeer)
        headerTimeout = TimeAmount(options.headerTimeout)
        bodyTimeout = TimeAmount(options.bodyTimeout)
        idleTimeout = TimeAmount(options.idleTimeout)
        writeTimeout = TimeAmount(options.writeTimeout)
        lingerTimeout = min(.seconds(2), headerTimeout)
    }

    /// How often deadlines are looked at: a tenth of the shortest, so that none is late by more.
    var tick: TimeAmount {
        let shortest = min(headerTimeout, bodyTimeout, idleTimeout, writeTimeout).nanoseconds
        return .nanoseconds(min(max(shortest / 10, 5_000_000), 1_000_000_000))
    }
}

/// How many connections there are, in all and by peer, over all event loops.
final class ConnectionCount: Sendable {
    private struct State {
        var total = 0
        var byPeer: [NetworkAddress: Int] = [:]
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let total: Int
    private let perPeer: Int
    private let state = Mutex(State())

    init(total: Int, perPeer: Int) {
        self.total = total
        self.perPeer = perPeer
    }

    /// Counts a new connection in; `false` where there is no place for it.
    func enter(_ peer: NetworkAddress, isExempt: Bool) -> Bool {
        state.withLock { state in
            let key = peer.network
            let own = state.byPeer[key, default: 0]
            guard state.total < total, isExempt || own < perPeer else { return false }
            state.total += 1
            state.byPeer[key] = own + 1
            return true
        }
    }

    /// Counts a connection out that was counted in.
    func leave(_ peer: NetworkAddress) {
        let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            state.total -= 1
            let key = peer.network
            let left = state.byPeer[key, default: 1] - 1
            state.byPeer[key] = left == 0 ? nil : left
            guard state.total == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// Returns `true` once there is no connection, or `false` when somebody calls `stopWaiting`.
    func untilNone() async -> Bool {
        await withCheckedContinuation { continuation in
            let isNone = state.withLock { state in
                if state.total > 0 { state.waiting.append(continuation) }
                return state.total == 0
            }
            if isNone { continuation.resume(returning: true) }
        }
    }

    /// Answers those who wait in `untilNone`.
    func stopWaiting() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: false) }
    }
}

extension NetworkAddress {
    /// The network of `networkKey`, as a key that needs no text.
    var network: NetworkAddress {
        switch storage {
        case .v4: self
        case .v6(let high, _): NetworkAddress(v6: high & Self.householdMask, 0)
        }
    }
}
