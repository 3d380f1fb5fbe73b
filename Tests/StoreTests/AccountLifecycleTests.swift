import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("Where an account stands")
struct AccountLifecycleTests {
    /// The sample's account, changed in all that may change and in all that may not.
    private static let changed: Account = {
        var account = Sample.account
        account.identifier = "another"
        account.state = .activating
        account.origin = .franceConnect
        account.passwordHash = nil
        account.passwordChangedAt = after(7)
        account.provisionalPasswordHash = "$argon2id$provisional"
        account.provisionalPasswordSealed = [1, 2]
        account.provisionalPasswordAt = after(6)
        account.email = nil
        account.pendingEmail = "valery@example.org"
        account.distributionDate = after(5)
        account.mustChangeSince = after(4)
        account.lastAccessAt = after(3)
        account.epoch = 40
        account.revision = 50
        account.createdAt = after(2)
        account.updatedAt = after(1)
        return account
    }()

    @Test(
        "is replaced but for identifier, accesses and creation; sessions go on without a reason",
        arguments: Backend.available)
    func replaced(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write {
                let change = Change.replaceAccount(Self.changed, expectedRevision: 1, ends: nil)
                try $0.apply([change], at: after(10))
            }
            var expected = Self.changed
            (expected.identifier, expected.createdAt) = ("v.durant1", start)
            (expected.lastAccessAt, expected.updatedAt) = (nil, after(10))
            (expected.epoch, expected.revision) = (1, 2)
            let live = try await store.read { try $0.session(reference(1), at: after(11)) }
            #expect(live?.account == expected)
        }
    }

    @Test(
        "ends every session and grant with the reason that is given (T10, SR-65)",
        arguments: Backend.available)
    func ends(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                let client = Sample.client(
                    Sample.client, backchannel: "https://lsu.example.org/logout")
                try writer.update(client, at: start)
            }
            try await store.issueCode(10)
            try await store.write { writer in
                let offline = Sample.grant(11, session: nil)
                _ = try writer.complete(Sample.completion(11, grant: offline), at: start)
                try writer.replaceAccount(
                    Self.changed, expectedRevision: 1, ends: .endedByStaff, at: after(1))
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(2)) == nil)
                #expect(try reader.grant(id(10), at: after(2)) == nil)
                #expect(try reader.grant(id(11), at: after(2)) == nil)
                #expect(try reader.account(id(1))?.epoch == 2)
                #expect(try reader.outbox(limit: 5).map(\.sid) == ["sid-10"])
            }
        }
    }

    @Test(
        "changes nothing and ends nothing on a revision that no longer stands, or when closed (design §8)",
        arguments: Backend.available)
    func stale(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var closed = Sample.account(2, state: .closed)
            closed.closedAt = start
            let second = closed
            try await store.write { _ = try $0.insert(second) }
            var reopened = second
            (reopened.state, reopened.closedAt) = (.active, nil)
            for (account, revision) in [(Self.changed, Int64(0)), (Self.changed, 2), (reopened, 1)]
            {
                await #expect(throws: StoreError.conflict(detail: "")) {
                    try await store.write {
                        try $0.replaceAccount(
                            account, expectedRevision: revision, ends: .endedByStaff, at: after(1))
                    }
                }
            }
            try await store.read { reader throws in
                #expect(try reader.session(reference(1), at: after(2))?.account == Sample.account)
                #expect(try reader.account(id(2)) == second)
            }
        }
    }

    @Test("is not closed with its sessions left open", arguments: Backend.available)
    func closing(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            var account = Sample.account
            (account.state, account.closedAt) = (.closed, after(1))
            let closed = account
            await #expect(throws: StoreError.invalid(detail: "")) {
                try await store.write {
                    try $0.replaceAccount(closed, expectedRevision: 1, ends: nil, at: after(1))
                }
            }
            try await store.write {
                try $0.replaceAccount(
                    closed, expectedRevision: 1, ends: .accountClosed, at: after(1))
            }
            #expect(try await store.read { try $0.account(id(1)) }?.state == .closed)
        }
    }
}
