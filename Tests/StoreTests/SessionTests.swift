import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A session")
struct SessionTests {
    @Test("is opened by its secret alone (D22)", arguments: Backend.available)
    func secret(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(1))?.account == Sample.account)
                #expect(try reader.session(reference(1, secret: 3), at: after(1)) == nil)
                #expect(try reader.session(reference(2), at: after(1)) == nil)
            }
        }
    }

    @Test(
        "keeps what the provider's sign-out needs, also when its person signs in anew without it",
        arguments: Backend.available)
    func upstream(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            #expect(
                try await store.read { try $0.sessions(of: id(1), at: start) }.map(\.upstream)
                    == [nil])
            for (seed, sealed, kept) in [
                (10, [1, 0, 2], [1, 0, 2]), (11, nil, [1, 0, 2]), (12, [3], [3]),
            ] as [(Int, [UInt8]?, [UInt8])] {
                var session = Sample.session()
                session.upstream = sealed
                let completion = Sample.completion(seed, session: .renewed(session))
                _ = try await store.write { try $0.complete(completion, at: after(1)) }
                let live = try await store.read { try $0.session(reference(1), at: after(2)) }
                #expect(live?.session.upstream == kept)
            }
            var opened = Sample.session(2)
            opened.upstream = [9]
            let second = opened
            try await store.write { try $0.open(second) }
            #expect(
                try await store.read { try $0.session(reference(2), at: after(2)) }?.session
                    == second)
        }
    }

    @Test(
        "ends an hour after its last use, and ten hours after it was opened (SR-56)",
        arguments: Backend.available)
    func expiry(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            func isAlive(at seconds: Double) async throws -> Bool {
                try await store.read { try $0.session(reference(1), at: after(seconds)) } != nil
            }
            #expect(try await isAlive(at: 3599))
            #expect(try await !isAlive(at: 3600))
            for hour in 1..<12 {
                try await store.write { try $0.touch(id(1), at: after(Double(hour) * 3500)) }
            }
            #expect(try await isAlive(at: 35_999))
            #expect(try await !isAlive(at: 36_000))
        }
    }

    @Test(
        "tells every client that asked when it ends, once (kc#28417, security.md 2.56)",
        arguments: Backend.available)
    func logouts(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.insert(
                    Sample.client("lsu", backchannel: "https://lsu.example.org/logout"))
                try writer.insert(
                    Sample.client("cantine", backchannel: "https://cantine.example.org/logout"))
                try writer.insert(Sample.client("silent"))
                for seed in 1...2 {
                    try writer.open(Sample.session(seed))
                    for client in ["lsu", "cantine", "silent"] {
                        var completion = Sample.completion(
                            seed, session: .existing(id(seed), touching: false),
                            grant: Sample.grant(seed, session: id(seed)))
                        completion.grant = Grant(
                            id: id(seed * 100 + client.count), account: Sample.account.id,
                            accountEpoch: 1,
                            client: client, subject: "", session: id(seed), scopes: "openid",
                            acr: "0", amr: "pwd",
                            authTime: start, createdAt: start, expiresAt: after(660))
                        completion.code.reference = reference(seed * 100 + client.count)
                        completion.sid = "sid-\(seed)-\(client)"
                        _ = try writer.complete(completion, at: start)
                    }
                }
            }
            #expect(try await store.write { try $0.end(id(1), .signedOut, at: after(10)) })
            #expect(try await !store.write { try $0.end(id(1), .signedOut, at: after(11)) })
            let first = try await store.read { try $0.outbox(limit: 10) }
            #expect(Set(first.map(\.sid)) == ["sid-1-lsu", "sid-1-cantine"])
            #expect(
                first.allSatisfy {
                    $0.kind == .logout && $0.account == Sample.account.id && $0.body.isEmpty
                })
            try await store.write {
                try $0.setPassword(
                    "$argon2id$two", for: Sample.account.id, expectedRevision: 1, at: after(12))
            }
            let all = try await store.read { try $0.outbox(limit: 10) }
            #expect(
                Set(all.map(\.sid)) == ["sid-1-lsu", "sid-1-cantine", "sid-2-lsu", "sid-2-cantine"])
        }
    }

    @Test(
        "takes every session and grant of the account with it when all are ended (SR-59, kc#38850)",
        arguments: Backend.available)
    func endAll(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.open(Sample.session(2))
                _ = try writer.complete(
                    Sample.completion(10, grant: Sample.grant(10, session: nil)), at: start)
            }
            #expect(try await store.read { try $0.sessions(of: id(1), at: after(1)) }.count == 2)
            try await store.write { try $0.endAll(id(1), .endedByUser, at: after(2)) }
            try await store.read { reader throws in
                #expect(try reader.sessions(of: id(1), at: after(3)).isEmpty)
                #expect(try reader.grant(id(10), at: after(3)) == nil)
                #expect(try reader.session(reference(2), at: after(3)) == nil)
            }
        }
    }

    @Test("ends no other account's", arguments: Backend.available)
    func others(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let other = Account(
                id: id(2), identifier: "i.desoil", state: .active, createdAt: start,
                updatedAt: start)
            try await store.write { writer in
                try writer.insert(other)
                try writer.open(Sample.session(2, account: other))
                try writer.endAll(id(1), .endedByStaff, at: after(1))
            }
            #expect(try await store.read { try $0.session(reference(2), at: after(2)) } != nil)
        }
    }
}

@Suite("An access token")
struct AccessTokenTests {
    @Test(
        "is revoked by its client alone, again and again (RFC 7009)", arguments: Backend.available)
    func revocation(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            _ = try await store.write {
                try $0.redeem(Sample.redemption(10, token: 10), at: after(1))
            }
            let token = Sample.accessToken(10).reference
            func revoke(_ reference: SecretReference, by client: String) async throws -> Revocation
            {
                try await store.write {
                    try $0.revokeAccessToken(reference, client: client, at: after(2))
                }
            }
            #expect(try await revoke(token, by: Sample.otherClient) == .wrongClient)
            #expect(try await store.accessToken(10, at: after(3)) != nil)
            let guessed = try #require(
                SecretReference(selector: token.selector, hash: bytes(32, 1)))
            #expect(try await revoke(guessed, by: Sample.client) == .unknown)
            #expect(try await revoke(token, by: Sample.client) == .revoked)
            #expect(try await revoke(token, by: Sample.client) == .revoked)
            #expect(try await store.accessToken(10, at: after(3)) == nil)
            #expect(
                try await store.read { try $0.grant(id(10), at: after(3)) } != nil,
                "its grant lives on")
        }
    }

    @Test(
        "lives no longer than its grant, its session and its account's epoch",
        arguments: Backend.available)
    func owners(_ backend: Backend) async throws {
        for ending in 0..<4 {
            try await backend.withStore { store async throws in
                try await store.prepare()
                try await store.issueCode(10)
                _ = try await store.write {
                    try $0.redeem(Sample.redemption(10, token: 10), at: after(1))
                }
                #expect(try await store.accessToken(10, at: after(2)) != nil)
                try await store.write { writer in
                    switch ending {
                    case 0: try writer.revoke(id(10), at: after(2))
                    case 1: _ = try writer.end(id(1), .signedOut, at: after(2))
                    case 2: _ = try writer.endAll(id(1), .endedByUser, at: after(2))
                    default:
                        try writer.setPassword(
                            "$argon2id$2", for: id(1), expectedRevision: 1, at: after(2))
                    }
                }
                #expect(try await store.accessToken(10, at: after(3)) == nil)
            }
        }
    }

    @Test("of a client that acts for itself has no grant", arguments: Backend.available)
    func clientToken(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var token = Sample.accessToken(10, scopes: "directory")
            token.audience = "https://api.example.org"
            token.jkt = "key-1"
            let wanted = token
            try await store.write {
                try $0.issueClientToken(wanted, client: Sample.client, at: start)
            }
            let live = try #require(try await store.accessToken(10, at: after(1)))
            #expect(
                live.grant == nil && live.token.client == Sample.client
                    && live.token.scopes == "directory")
            #expect(live.token.audience == "https://api.example.org" && live.token.jkt == "key-1")
        }
    }
}
