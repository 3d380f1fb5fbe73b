import Flow
import FoundationEssentials
import LoopbackSupport
import Outgoing
import Store
import Synchronization
import TestSupport
import Testing
import Tokens
import Web

@testable import IdP

/// A teleservice on loopback that answers logout tokens as a test wants it to, and keeps what it was
/// sent.
final class ToldTeleservice: Sendable {
    typealias Script = @Sendable (_ tries: Int) -> LoopbackServer.Answer

    private final class Kept: Sendable {
        let requests = Mutex<[LoopbackServer.Request]>([])
    }

    private let kept = Kept()
    private let server: LoopbackServer

    init(_ script: @escaping Script = { _ in .status(200) }) throws {
        server = try LoopbackServer { [kept] request in
            script(
                kept.requests.withLock {
                    $0.append(request)
                    return $0.count
                })
        }
    }

    var address: String { server.base + "/signal" }
    var connections: Int { server.connections }
    var requests: [LoopbackServer.Request] { kept.requests.withLock { $0 } }

    /// The claims of each token, verified as a relying party does.
    func claims(
        _ test: TestDesk, client: String = "lsu"
    ) throws -> [LogoutTokenClaims] {
        try requests.map { request in
            let form = try Form(parsing: request.body)
            #expect(form.parameters.map(\.name) == ["logout_token"])
            let token = try #require(form["logout_token"])
            let now = test.clock.now
            return try LogoutTokenClaims.verified(
                token, keys: test.desk.keys.current.published(at: now), issuer: TestDesk.issuer,
                clientID: client, at: now)
        }
    }
}

extension LoopbackServer.Answer {
    static func status(_ code: Int, headers: [(String, String)] = []) -> Self {
        .response(status: code, headers: headers, body: [])
    }
}

extension TestDesk {
    /// A courier of logouts alone.
    func logoutCourier(totalTime: Duration? = nil, isOnLoopback: Bool = true) throws -> Courier {
        var options = BackChannelLogout.options(isOnLoopback: isOnLoopback)
        if let totalTime { options.totalTimeout = totalTime }
        return logoutCourier(over: try HTTPFetch(options))
    }

    func logoutCourier(over http: any OutgoingHTTP) -> Courier {
        Courier(desk: desk, transports: .init(logout: BackChannelLogout(desk: desk, http: http)))
    }

    /// As the store leaves it when a session ends, or without `sid` when a `sub` is closed.
    func enqueueLogout(
        _ client: String?, sid: String?, account: Account.ID? = nil, key: String = "1",
        for lifetime: Duration = .seconds(86_400)
    ) async throws {
        let now = clock.now
        let row = OutboxRecord(
            id: desk.makeID(at: now), kind: .logout, uniqueKey: key, body: [], client: client,
            sid: sid, account: account, createdAt: now, notBefore: now, expiresAt: now + lifetime)
        _ = try await store.write { try $0.enqueue(row) }
    }
}
