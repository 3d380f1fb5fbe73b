import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("The undoing of a regroupement")
struct AccountSeparationTests {
    /// Account `absorbed` into `main`, at the revisions that they have.
    private func absorb(
        _ absorbed: Int, into main: Int, merge: Int, at seconds: Double, _ writer: StoreWriter
    ) throws {
        let accounts = try [main, absorbed].map { try #require(try writer.account(id($0))) }
        try writer.absorb(
            AccountMerge(
                id: id(merge), main: id(main), mainRevision: accounts[0].revision,
                absorbed: id(absorbed), absorbedRevision: accounts[1].revision),
            at: after(seconds))
    }

    /// What T16 makes of the account as it is.
    private func restored(_ account: Int, _ reader: some StoreReading) throws -> Account {
        var restored = try #require(try reader.account(id(account)))
        (restored.state, restored.closedAt, restored.mergedInto) = (.active, nil, nil)
        restored.provisionalPasswordHash = nil
        return restored
    }

    private func separate(_ absorbed: Int, at seconds: Double, _ writer: StoreWriter) throws {
        let record = try #require(try writer.mergeRecord(ofAbsorbed: id(absorbed)))
        let main = try #require(try writer.account(record.main))
        try writer.separate(
            record, restored: restored(absorbed, writer), mainRevision: main.revision,
            at: after(seconds))
    }

    /// Accounts 1 to 3, each with a record, an upstream identity, a session and a link in a mail.
    private func prepare(_ store: IdentityStore) async throws {
        try await store.write { writer in
            for seed in 1...3 {
                var account = Sample.account(seed)
                account.provisionalPasswordHash = "$argon2id$provisional"
                try writer.insert(account)
                try writer.open(Sample.session(seed, account: account))
                try writer.upsert(Sample.guardian(seed, account: id(seed)))
                try writer.link(Sample.link("sub-\(seed)", account: id(seed)))
                try writer.issue(Sample.mailToken(seed, account: id(seed)))
            }
        }
    }

    private func holdings(
        _ account: Int, _ reader: some StoreReading
    ) throws -> [String] {
        try reader.guardians(of: id(account)).map(\.sourceKey).sorted()
            + reader.upstreamLinks(of: id(account)).map(\.subject).sorted()
    }

    @Test(
        "gives records and identities back, and ends what the main account had open (T16)",
        arguments: Backend.available)
    func undone(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try writer.upsert(Sample.guardian(4, account: id(1)))
                try absorb(2, into: 1, merge: 9, at: 1, writer)
                try absorb(3, into: 1, merge: 10, at: 1, writer)
                try separate(2, at: 5, writer)
            }
            try await store.read { reader throws in
                let account = try #require(try reader.account(id(2)))
                #expect(account.state == .active && account.closedAt == nil)
                #expect(account.mergedInto == nil && account.passwordHash == "$argon2id$other")
                #expect(account.provisionalPasswordHash == nil && account.updatedAt == after(5))
                #expect(account.epoch == 3 && account.revision == 3)
                #expect(try holdings(2, reader) == ["g2", "sub-2"])
                #expect(try holdings(1, reader) == ["g1", "g3", "g4", "sub-1", "sub-3"])
                #expect(try reader.session(reference(2), at: after(6)) == nil, "stays ended")
                #expect(try reader.session(reference(1), at: after(6)) == nil)
                #expect(try reader.mailToken(reference(1)) == nil)
                let main = try #require(try reader.account(id(1)))
                #expect(main.epoch == 2 && main.revision == 2 && main.state == .active)
                #expect(try reader.mergeRecord(ofAbsorbed: id(2)) == nil)
                #expect(try reader.mergeRecord(ofAbsorbed: id(3)) != nil)
                #expect(try reader.openAccount(following: id(2))?.id == id(2))
            }
        }
    }

    @Test("happens once, and again after another regroupement (T16)", arguments: Backend.available)
    func twice(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let record = try await store.write { writer in
                try absorb(2, into: 1, merge: 9, at: 1, writer)
                let record = try #require(try writer.mergeRecord(ofAbsorbed: id(2)))
                try separate(2, at: 5, writer)
                try absorb(2, into: 1, merge: 10, at: 6, writer)
                return record
            }
            await #expect(throws: StoreError.conflict(detail: ""), "the first was undone") {
                try await store.write { writer in
                    let main = try #require(try writer.account(id(1)))
                    try writer.separate(
                        record, restored: restored(2, writer), mainRevision: main.revision,
                        at: after(7))
                }
            }
            try await store.write { try separate(2, at: 8, $0) }
            try await store.read { reader throws in
                #expect(try holdings(2, reader) == ["g2", "sub-2"])
                #expect(try reader.account(id(2))?.state == .active)
            }
        }
    }

    @Test(
        "of a chain begins at its end; then each has what it had (T16)",
        arguments: Backend.available)
    func chain(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try absorb(1, into: 2, merge: 9, at: 1, writer)
                try absorb(2, into: 3, merge: 10, at: 2, writer)
            }
            await #expect(throws: StoreError.conflict(detail: ""), "its records are at the third") {
                try await store.write { try separate(1, at: 3, $0) }
            }
            try await store.read { reader throws in
                #expect(try holdings(3, reader).count == 6)
                #expect(try reader.account(id(1))?.mergedInto == id(2))
                #expect(try reader.session(reference(3), at: after(4)) != nil, "nothing has ended")
            }
            try await store.write { try separate(2, at: 5, $0) }
            try await store.read { reader throws in
                #expect(try holdings(2, reader) == ["g1", "g2", "sub-1", "sub-2"])
                #expect(try holdings(3, reader) == ["g3", "sub-3"])
                #expect(try reader.openAccount(following: id(1))?.id == id(2))
            }
            try await store.write { try separate(1, at: 6, $0) }
            try await store.read { reader throws in
                for seed in 1...3 {
                    #expect(try holdings(seed, reader) == ["g\(seed)", "sub-\(seed)"])
                    #expect(try reader.account(id(seed))?.state == .active)
                }
            }
        }
    }

    @Test(
        "leaves an identity where its owner has unlinked it since", arguments: Backend.available)
    func unlinked(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try writer.link(Sample.link("sub-4", account: id(2)))
                try absorb(2, into: 1, merge: 9, at: 1, writer)
                for subject in ["sub-2", "sub-4"] {
                    try writer.unlink(issuer: Sample.issuer, subject: subject, of: id(1))
                }
                try writer.link(Sample.link("sub-2", account: id(3)))
                try separate(2, at: 5, writer)
            }
            try await store.read { reader throws in
                #expect(try holdings(2, reader) == ["g2"])
                #expect(try holdings(3, reader) == ["g3", "sub-2", "sub-3"])
            }
        }
    }

    @Test(
        "changes nothing where either account is not as it was decided on",
        arguments: Backend.available)
    func stale(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let (record, account) = try await store.write { writer in
                try absorb(2, into: 1, merge: 9, at: 1, writer)
                let record = try #require(try writer.mergeRecord(ofAbsorbed: id(2)))
                return (record, try restored(2, writer))
            }
            var older = account
            older.revision -= 1
            var elsewhere = record
            elsewhere.main = id(3)
            for (record, account, revision) in [
                (record, older, 1), (record, account, 2), (elsewhere, account, 1),
            ] as [(AccountMergeRecord, Account, Int64)] {
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write {
                        try $0.separate(
                            record, restored: account, mainRevision: revision, at: after(5))
                    }
                }
            }
            var closed = account
            (closed.state, closed.closedAt) = (.closed, start)
            for wrong in [closed, Sample.account(3)] {
                await #expect(throws: StoreError.invalid(detail: "")) {
                    try await store.write {
                        try $0.separate(record, restored: wrong, mainRevision: 1, at: after(5))
                    }
                }
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(6)) != nil)
                #expect(try holdings(1, reader).count == 4)
                #expect(try reader.mergeRecord(ofAbsorbed: id(2)) == record)
            }
        }
    }

    @Test(
        "is refused where a record is no longer at the main account", arguments: Backend.available)
    func strayed(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try absorb(2, into: 1, merge: 9, at: 1, writer)
                // No operation does so.
                let stray = SQLStatement("UPDATE guardians SET account_id = $2 WHERE id = $1")
                let guardian: Guardian.ID = id(2)
                let other: Account.ID = id(3)
                _ = try writer.connection.change(stray, [.id(guardian), .id(other)])
            }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try separate(2, at: 5, $0) }
            }
            #expect(try await store.read { try $0.account(id(2)) }?.state == .closed)
        }
    }
}
