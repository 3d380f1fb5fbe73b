import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A regroupement")
struct AccountMergeTests {
    private func merge(
        _ seed: Int, _ absorbed: Int, into main: Int, revisions: (main: Int64, absorbed: Int64)
    ) -> AccountMerge {
        AccountMerge(
            id: id(seed), main: id(main), mainRevision: revisions.main, absorbed: id(absorbed),
            absorbedRevision: revisions.absorbed)
    }

    /// The sample's account and another one in activation, each with a directory record, an upstream
    /// identity, a session and a link in a mail.
    private func prepare(_ store: IdentityStore) async throws {
        try await store.prepare()
        var second = Sample.account(2, state: .activating)
        second.provisionalPasswordHash = "$argon2id$provisional"
        second.provisionalPasswordSealed = [1]
        let absorbed = second
        try await store.write { writer in
            try writer.insert(absorbed)
            try writer.open(Sample.session(2, account: absorbed))
            for seed in 1...2 {
                try writer.upsert(Sample.guardian(seed, account: id(seed)))
                try writer.link(Sample.link("sub-\(seed)", account: id(seed)))
                try writer.issue(Sample.mailToken(seed, account: id(seed)))
            }
        }
    }

    @Test(
        "closes the absorbed account and moves its records and identities (J-§2.10, T15)",
        arguments: Backend.available)
    func absorb(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let merge = merge(9, 2, into: 1, revisions: (1, 1))
            try await store.write { try $0.apply([.absorb(merge)], at: after(1)) }
            try await store.read { reader throws in
                let closed = try #require(try reader.account(id(2)))
                #expect(closed.state == .closed && closed.closedAt == after(1))
                #expect(closed.mergedInto == id(1) && closed.epoch == 2 && closed.revision == 2)
                #expect(closed.provisionalPasswordSealed == nil)
                #expect(closed.passwordHash == "$argon2id$other", "returns with an undoing (T16)")
                #expect(try reader.guardians(of: id(1)).map(\.sourceKey).sorted() == ["g1", "g2"])
                #expect(try reader.guardians(of: id(2)).isEmpty)
                #expect(try reader.upstreamLinks(of: id(1)).map(\.subject) == ["sub-1", "sub-2"])
                #expect(try reader.upstreamLinks(of: id(2)).isEmpty)
                #expect(try reader.mailToken(reference(2)) == nil)
                #expect(try reader.mailToken(reference(1)) != nil)
                #expect(try reader.session(reference(2), at: after(2)) == nil)
                let main = try reader.session(reference(1), at: after(2))
                #expect(main?.account == Sample.account, "goes on as it was")
            }
        }
    }

    @Test(
        "tells the clients that know the absorbed account, and asked for it, that it is closed (J-§3.11)",
        arguments: Backend.available)
    func logouts(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                func add(
                    _ name: String, knows accounts: [Int], disabled: Bool = false, uri: Bool = true
                )
                    throws
                {
                    var client = Sample.client(
                        name, backchannel: uri ? "https://\(name).example.org/logout" : nil)
                    client.disabledAt = disabled ? start : nil
                    try writer.insert(client)
                    for account in accounts {
                        let subject = SubjectIdentifier(
                            owner: .account(id(account)), sector: client.sector,
                            value: "\(name)-\(account)")
                        _ = try writer.ensure(subject)
                    }
                }
                try add("garderie", knows: [2])
                try add("cantine", knows: [1, 2])
                try add("other", knows: [1])
                try add("silent", knows: [2], uri: false)
                try add("disabled", knows: [2], disabled: true)
                _ = try writer.ensure(
                    SubjectIdentifier(
                        owner: .child(id(2)), sector: "other.example.org", value: "no adult"))
                var completion = Sample.completion(
                    10, session: .existing(id(2), touching: false),
                    grant: Sample.grant(
                        10, account: Sample.account(2), session: id(2)))
                completion.grant.client = "cantine"
                completion.subject = .known("cantine-2")
                _ = try writer.complete(completion, at: start)
                try writer.absorb(merge(9, 2, into: 1, revisions: (1, 1)), at: after(1))
            }
            let rows = try await store.read { try $0.outbox(limit: 10) }
            let done: AccountMerge.ID = id(9)
            #expect(
                Set(rows.map(\.uniqueKey)) == [
                    "closed:\(done):cantine", "closed:\(done):garderie",
                    "logout:\(Sample.session(2).id):cantine",
                ])
            #expect(rows.allSatisfy { $0.kind == .logout && $0.account == id(2) })
            let closed = rows.filter { $0.uniqueKey.hasPrefix("closed:") }
            #expect(closed.allSatisfy { $0.sid == nil && $0.body.isEmpty })
            #expect(closed.allSatisfy { $0.expiresAt == after(86_401) })
            #expect(Set(rows.compactMap(\.sid)) == ["sid-10"], "and that its session ended")
        }
    }

    @Test("keeps what an undoing needs (T16)", arguments: Backend.available)
    func record(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let merge = merge(9, 2, into: 1, revisions: (1, 1))
            try await store.write { try $0.absorb(merge, at: after(1)) }
            try await store.read { reader throws in
                let identity = AccountMergeRecord.Identity(
                    issuer: Sample.issuer, subject: "sub-2")
                #expect(
                    try reader.mergeRecord(ofAbsorbed: id(2))
                        == AccountMergeRecord(
                            id: id(9), main: id(1), absorbed: id(2), state: .activating,
                            doneAt: after(1), guardians: [id(2)], links: [identity]))
                #expect(try reader.mergeRecord(ofAbsorbed: id(1)) == nil)
            }
        }
    }

    @Test(
        "changes nothing unless both accounts are open and as they were decided on",
        arguments: Backend.available)
    func stale(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let merges = [
                merge(9, 2, into: 1, revisions: (2, 1)), merge(9, 2, into: 1, revisions: (1, 2)),
                merge(9, 3, into: 1, revisions: (1, 1)), merge(9, 2, into: 3, revisions: (1, 1)),
            ]
            for merge in merges {
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write { try $0.absorb(merge, at: after(1)) }
                }
            }
            await #expect(throws: StoreError.invalid(detail: "")) {
                try await store.write {
                    try $0.absorb(merge(9, 1, into: 1, revisions: (1, 1)), at: after(1))
                }
            }
            try await store.read { reader throws in
                #expect(try reader.account(id(2))?.state == .activating)
                #expect(try reader.session(reference(2), at: after(2)) != nil)
                #expect(try reader.guardians(of: id(2)).count == 1)
                #expect(try reader.mailToken(reference(2)) != nil)
            }
            try await store.write {
                try $0.absorb(merge(9, 2, into: 1, revisions: (1, 1)), at: after(1))
            }
            for merge in [
                merge(10, 2, into: 1, revisions: (1, 2)), merge(10, 1, into: 2, revisions: (2, 1)),
            ] {
                await #expect(throws: StoreError.conflict(detail: ""), "no closed one, on no side")
                {
                    try await store.write { try $0.absorb(merge, at: after(2)) }
                }
            }
        }
    }

    @Test(
        "takes several accounts and a change of the main one in one transaction (J-§8.2 no. 7)",
        arguments: Backend.available)
    func several(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try writer.insert(Sample.account(3))
                try writer.upsert(Sample.guardian(3, account: id(3)))
                var main = Sample.account
                main.origin = .franceConnect
                let changes: [Change] = [
                    .absorb(merge(9, 2, into: 1, revisions: (1, 1))),
                    .absorb(merge(10, 3, into: 1, revisions: (1, 1))),
                    .replaceAccount(main, expectedRevision: 1, ends: nil),
                    .link(Sample.link("sub-9")),
                    .touchLink(issuer: Sample.issuer, subject: "sub-2"),
                ]
                try writer.apply(changes, at: after(1))
            }
            try await store.read { reader throws in
                #expect(try reader.guardians(of: id(1)).count == 3)
                #expect(try reader.account(id(1))?.origin == .franceConnect)
                #expect(try reader.upstreamLinks(of: id(1)).count == 3)
                let moved = try reader.upstreamLink(issuer: Sample.issuer, subject: "sub-2")
                #expect(moved?.account == id(1) && moved?.lastUsedAt == after(1))
            }
        }
    }

    @Test(
        "is followed from account to account to the one that is open", arguments: Backend.available)
    func chain(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...4 { try writer.insert(Sample.account(seed)) }
                try writer.absorb(merge(9, 1, into: 2, revisions: (1, 1)), at: after(1))
                try writer.absorb(merge(10, 2, into: 3, revisions: (1, 1)), at: after(2))
                var left = Sample.account(4)
                (left.state, left.closedAt) = (.closed, after(3))
                try writer.replaceAccount(
                    left, expectedRevision: 1, ends: .accountClosed, at: after(3))
            }
            try await store.read { reader throws in
                for seed in 1...3 {
                    #expect(try reader.openAccount(following: id(seed))?.id == id(3))
                }
                #expect(try reader.openAccount(following: id(4)) == nil, "closed for good")
                #expect(try reader.openAccount(following: id(5)) == nil)
            }
        }
    }

    @Test(
        "that led back to itself would lead nowhere, not on for ever", arguments: Backend.available)
    func cycle(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for (seed, next) in [(1, 2), (2, 1)] {
                    var account = Sample.account(seed, state: .closed)
                    (account.closedAt, account.mergedInto) = (start, id(next))
                    try writer.insert(account)
                }
            }
            #expect(try await store.read { try $0.openAccount(following: id(1)) } == nil)
        }
    }
}
