import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A refresh token")
struct RefreshTests {
    /// A store with family 1 of grant 10, which is offline unless `session` says so.
    private func withFamily(
        _ backend: Backend, session: Session.ID? = nil, jkt: String? = nil,
        _ body: (IdentityStore) async throws -> Void
    ) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var grant = Sample.grant(10, session: session, lifetime: 180 * 86400)
            grant.jkt = jkt
            let completion = Sample.completion(10, grant: grant)
            var redemption = Sample.redemption(10, refresh: 1)
            redemption.jkt = jkt
            let request = redemption
            _ = try await store.write { writer in
                _ = try writer.complete(completion, at: start)
                return try writer.redeem(request, at: after(1))
            }
            try await body(store)
        }
    }

    private func rotate(
        _ store: IdentityStore, _ generation: Int64, token: Int, at now: Date,
        client: String = Sample.client,
        binding: RefreshBinding = .client
    ) async throws -> RefreshOutcome {
        let request = Sample.refresh(1, generation, client: client, token: token, binding: binding)
        return try await store.write { try $0.rotate(request, at: now) }
    }

    @Test(
        "gives a successor and an access token (oidcc-refresh-token)", arguments: Backend.available)
    func rotation(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            guard case .rotated(let first) = try await rotate(store, 0, token: 20, at: after(100))
            else {
                throw Unexpected("not rotated")
            }
            #expect(first.family.generation == 1)
            #expect(first.grant.subject == "sub-10")
            #expect(try await store.accessToken(20, at: after(101)) != nil)
            guard case .rotated(let second) = try await rotate(store, 1, token: 21, at: after(200))
            else {
                throw Unexpected("not rotated")
            }
            #expect(second.family.generation == 2)
            let present = try await store.read {
                try $0.refreshToken(Sample.refreshToken(1, 2), at: after(201))
            }
            #expect(present?.family == second.family)
            let past = try await store.read {
                try $0.refreshToken(Sample.refreshToken(1, 1), at: after(201))
            }
            #expect(past == nil)
        }
    }

    @Test(
        "is answered again within a minute, with the same successor (D24, SR-22)",
        arguments: Backend.available)
    func grace(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            _ = try await rotate(store, 0, token: 20, at: after(100))
            guard case .repeated(let again) = try await rotate(store, 0, token: 21, at: after(160))
            else {
                throw Unexpected("not repeated")
            }
            #expect(again.family.generation == 1)
            #expect(try await store.accessToken(21, at: after(161)) != nil)
            guard case .rotated = try await rotate(store, 1, token: 22, at: after(170)) else {
                throw Unexpected("the successor is good")
            }
        }
    }

    @Test("ends its family when it is used after that minute (SR-21)", arguments: Backend.available)
    func reuse(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            _ = try await rotate(store, 0, token: 20, at: after(100))
            guard case .reused(id(10)) = try await rotate(store, 0, token: 21, at: after(161))
            else {
                throw Unexpected("not noticed")
            }
            #expect(try await store.accessToken(20, at: after(162)) == nil)
            #expect(try await store.accessToken(21, at: after(162)) == nil)
            guard case .expired = try await rotate(store, 1, token: 22, at: after(163)) else {
                throw Unexpected("the family lives on")
            }
        }
    }

    @Test("ends its family also when it is two generations old", arguments: Backend.available)
    func oldReuse(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            _ = try await rotate(store, 0, token: 20, at: after(100))
            _ = try await rotate(store, 1, token: 21, at: after(101))
            guard case .reused = try await rotate(store, 0, token: 22, at: after(102)) else {
                throw Unexpected("not noticed")
            }
            guard case .expired = try await rotate(store, 2, token: 23, at: after(103)) else {
                throw Unexpected("the family lives on")
            }
        }
    }

    @Test(
        "is not revived by a clock that is set back (security.md 5.12)",
        arguments: Backend.available)
    func clockSetBack(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            _ = try await rotate(store, 0, token: 20, at: after(1000))
            guard case .reused = try await rotate(store, 0, token: 21, at: after(900)) else {
                throw Unexpected("revived")
            }
        }
    }

    @Test("is not touched by another client", arguments: Backend.available)
    func wrongClient(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            let stolen = try await rotate(
                store, 0, token: 20, at: after(100), client: Sample.otherClient)
            guard case .wrongClient = stolen else { throw Unexpected(stolen) }
            guard case .rotated = try await rotate(store, 0, token: 21, at: after(101)) else {
                throw Unexpected("touched")
            }
        }
    }

    @Test(
        "of a public client needs the key of its grant (RFC 9449 §5)", arguments: Backend.available)
    func wrongKey(_ backend: Backend) async throws {
        try await withFamily(backend, jkt: "key-1") { store in
            let other = try await rotate(
                store, 0, token: 20, at: after(100), binding: .key("key-2"))
            guard case .wrongKey = other else { throw Unexpected(other) }
            let none = try await rotate(store, 0, token: 20, at: after(100), binding: .key(nil))
            guard case .wrongKey = none else { throw Unexpected(none) }
            guard
                case .rotated = try await rotate(
                    store, 0, token: 21, at: after(101), binding: .key("key-1"))
            else { throw Unexpected("its own key is refused") }
            // A confidential client may change its key.
            guard case .rotated = try await rotate(store, 1, token: 22, at: after(102)) else {
                throw Unexpected("a confidential client is refused")
            }
        }
    }

    @Test(
        "expires when it is idle, at each use for longer, and at the end",
        arguments: Backend.available)
    func expiry(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            guard case .rotated = try await rotate(store, 0, token: 20, at: after(1799)) else {
                throw Unexpected("too early")
            }
            guard case .rotated = try await rotate(store, 1, token: 21, at: after(3599)) else {
                throw Unexpected("use did not prolong it")
            }
            guard case .expired = try await rotate(store, 2, token: 22, at: after(3600)) else {
                throw Unexpected("idle")
            }
        }
    }

    @Test("of a session ends with it; an offline one does not (D24)", arguments: Backend.available)
    func session(_ backend: Backend) async throws {
        try await withFamily(backend, session: id(1)) { store in
            _ = try await store.write { try $0.end(id(1), .signedOut, at: after(50)) }
            guard case .expired = try await rotate(store, 0, token: 20, at: after(100)) else {
                throw Unexpected("it outlived its session")
            }
        }
        try await withFamily(backend) { store in
            _ = try await store.write { try $0.end(id(1), .signedOut, at: after(50)) }
            guard case .rotated = try await rotate(store, 0, token: 20, at: after(100)) else {
                throw Unexpected("an offline token ended with a session")
            }
            _ = try await store.write {
                try $0.endAll(Sample.account.id, .endedByUser, at: after(110))
            }
            guard case .expired = try await rotate(store, 1, token: 21, at: after(120)) else {
                throw Unexpected("signing out everywhere spared an offline token (kc#38850)")
            }
        }
    }

    @Test(
        "can be revoked, again and again, by its client alone (SR-23)", arguments: Backend.available
    )
    func revocation(_ backend: Backend) async throws {
        try await withFamily(backend) { store in
            let token = Sample.refreshToken(1, 0)
            let foreign = try await store.write {
                try $0.revokeRefreshToken(token, client: Sample.otherClient, at: after(10))
            }
            #expect(foreign == .wrongClient)
            #expect(try await store.accessToken(10, at: after(11)) != nil)
            for _ in 0..<2 {
                let own = try await store.write {
                    try $0.revokeRefreshToken(token, client: Sample.client, at: after(12))
                }
                #expect(own == .revoked)
            }
            let absent = try await store.write {
                try $0.revokeRefreshToken(
                    Sample.refreshToken(9, 0), client: Sample.client, at: after(12))
            }
            #expect(absent == .unknown)
            guard case .expired = try await rotate(store, 0, token: 20, at: after(13)) else {
                throw Unexpected("revoked, and yet good")
            }
            #expect(
                try await store.accessToken(10, at: after(13)) == nil,
                "the family's access token dies with it")
        }
    }
}
