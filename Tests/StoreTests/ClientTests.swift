import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A client in the registry")
struct ClientTests {
    @Test("comes back with its secrets, oldest first", arguments: Backend.available)
    func roundTrip(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var client = Sample.client("lsu", backchannel: "https://lsu.example.org/logout")
            client.secrets = [
                ClientSecret(hash: bytes(32, 1), createdAt: start, lastUsedAt: after(1)),
                ClientSecret(hash: bytes(32, 2), createdAt: after(2)),
            ]
            let written = client
            try await store.write { try $0.insert(written) }
            #expect(try await store.read { try $0.client("lsu") } == written)
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.insert(Sample.client("lsu")) }
            }
            var three = Sample.client("three")
            three.secrets = (1...3).map { ClientSecret(hash: bytes(32, $0), createdAt: start) }
            let refused = three
            await #expect(throws: StoreError.invalid(detail: "")) {
                try await store.write { try $0.insert(refused) }
            }
            #expect(try await store.read { try $0.client("three") } == nil)
        }
    }

    @Test(
        "is changed on the revision that was read; its sector never (D27)",
        arguments: Backend.available)
    func update(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { try $0.insert(Sample.client("lsu")) }
            var changed = Sample.client("lsu")
            changed.metadata = #"{"client_name":"LSU"}"#
            changed.sector = "elsewhere.example.org"
            changed.disabledAt = after(5)
            changed.secrets = [ClientSecret(hash: bytes(32, 4), createdAt: after(5))]
            let wanted = changed
            #expect(
                try await store.write { try $0.update(wanted, at: after(5)) }
                    == wanted.revision + 1)
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.update(wanted, at: after(6)) }
            }
            try await store.read { reader throws in
                let stands = try #require(try reader.client("lsu"))
                #expect(
                    stands.metadata == #"{"client_name":"LSU"}"#
                        && stands.sector == "lsu.example.org")
                #expect(stands.secrets == wanted.secrets && stands.updatedAt == after(5))
                #expect(
                    try reader.clientRevision("lsu")
                        == ClientRevision(revision: wanted.revision + 1, isDisabled: true))
                #expect(try reader.clientRevision("other") == nil)
            }
        }
    }

    @Test("is listed page by page, and goes when it is removed", arguments: Backend.available)
    func pages(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for name in ["d", "a", "c", "b"] { try writer.insert(Sample.client(name)) }
            }
            let first = try await store.read { try $0.clients(after: nil, limit: 3) }
            #expect(first.map(\.id) == ["a", "b", "c"])
            let rest = try await store.read { try $0.clients(after: "c", limit: 3) }
            #expect(rest.map(\.id) == ["d"])
            #expect(try await store.write { try $0.removeClient("d", at: after(9)) })
            #expect(try await !store.write { try $0.removeClient("d", at: after(9)) })
            #expect(try await store.read { try $0.client("d") } == nil)
        }
    }

    @Test(
        "takes what was issued to it along, and messages that wait for it",
        arguments: Backend.available
    )
    func removal(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.issueCode(10)
            let own = NewAccessToken(
                reference: reference(3), scopes: "reports", expiresAt: after(600))
            let waiting = OutboxRecord(
                id: id(4), kind: .logout, uniqueKey: "logout", body: [], client: Sample.client,
                createdAt: start, notBefore: start, expiresAt: after(600))
            try await store.write { writer in
                try writer.issueClientToken(own, client: Sample.client, at: start)
                try writer.enqueue(waiting)
                try writer.save(
                    Consent(
                        account: id(1), client: Sample.client, scopes: "openid", updatedAt: start))
                #expect(try writer.removeClient(Sample.client, at: after(1)))
                try writer.insert(Sample.client(Sample.client))
            }
            try await store.read { reader throws in
                #expect(try reader.accessToken(own.reference, at: after(1)) == nil)
                #expect(try reader.outbox(limit: 5).isEmpty)
                #expect(try reader.consent(of: id(1), client: Sample.client) == nil)
                #expect(try reader.sessionClients(of: id(1)).isEmpty)
            }
            let request = Sample.redemption(10, token: 11)
            let redeemed = try await store.write { try $0.redeem(request, at: after(1)) }
            guard case .ended = redeemed else {
                Issue.record("redeemed: \(redeemed)")
                return
            }
        }
    }

    @Test("notes when a secret was used", arguments: Backend.available)
    func secretUse(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var client = Sample.client("lsu")
            client.secrets = [ClientSecret(hash: bytes(32, 1), createdAt: start)]
            let written = client
            try await store.write { writer in
                try writer.insert(written)
                try writer.noteSecretUse(client: "lsu", hash: bytes(32, 1), at: after(9))
            }
            #expect(
                try await store.read { try $0.client("lsu") }?.secrets.first?.lastUsedAt == after(9)
            )
        }
    }
}

@Suite("An interaction")
struct InteractionTests {
    private let record = InteractionRecord(
        id: id(1), browserHash: bytes(32, 1), state: [1], createdAt: start, expiresAt: after(7200))

    @Test(
        "begins once and moves on under its revision, with its changes",
        arguments: Backend.available)
    func commit(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { try $0.begin(record) }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.begin(record) }
            }
            var next = record
            next.state = [2, 2]
            let wanted = next
            let event = AuditEvent(id: id(1), at: after(1), kind: .codeProved, account: id(1))
            let consent = Consent(
                account: id(1), client: "lsu", scopes: "openid", updatedAt: after(1))
            let written = try await store.write {
                try $0.commit(wanted, [.consent(consent), .audit(event)], at: after(1))
            }
            #expect(written.revision == 2)
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.commit(wanted, [.consent(consent)], at: after(2)) }
            }
            try await store.read { reader throws in
                #expect(try reader.interaction(id(1)) == written)
                #expect(try reader.consent(of: id(1), client: "lsu")?.updatedAt == after(1))
                #expect(try reader.auditEvents(of: id(1), before: nil, limit: 5) == [event])
            }
        }
    }

    @Test("that is done or expired moves no more", arguments: Backend.available)
    func done(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { try $0.begin(record) }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.commit(record, [], at: after(7200)) }
            }
            try await store.write { try $0.finish(id(1), revision: 1, [], at: after(10)) }
            var next = record
            next.revision = 2
            let wanted = next
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.commit(wanted, [], at: after(11)) }
            }
        }
    }

    @Test(
        "stays as it was when one of its changes no longer holds (SR-65)",
        arguments: Backend.available)
    func failingChange(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { try $0.begin(record) }
            let stale = Change.replaceAccount(Sample.account, expectedRevision: 4, ends: nil)
            let consent = Consent(
                account: id(1), client: "lsu", scopes: "openid", updatedAt: after(1))
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write {
                    try $0.commit(record, [.consent(consent), stale], at: after(1))
                }
            }
            try await store.read { reader throws in
                #expect(try reader.interaction(id(1)) == record)
                #expect(try reader.consent(of: id(1), client: "lsu") == nil)
            }
        }
    }
}
