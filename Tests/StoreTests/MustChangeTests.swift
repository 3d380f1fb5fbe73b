import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("The national « must change » flag")
struct MustChangeTests {
    @Test(
        "is set where an own password is older than the date, and nowhere else (domain.md §3.6)",
        arguments: Backend.available)
    func exclusions(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var reset = Sample.account(7, password: nil)
            reset.provisionalPasswordHash = "$argon2id$provisional"
            var flagged = Sample.account(8)
            flagged.mustChangeSince = after(-1)
            var closed = Sample.account(9, state: .closed)
            closed.closedAt = start
            let accounts = [
                Sample.account(1), Sample.account(2, changedAt: after(99)),
                Sample.account(3, changedAt: after(100)),
                Sample.account(4, password: nil), Sample.account(5, state: .activating),
                Sample.account(6, state: .notifiedNotActivated, password: nil), reset, flagged,
                closed, Sample.account(10, changedAt: nil),
            ]
            try await store.write { writer in
                for account in accounts { try writer.insert(account) }
            }
            let step = try await store.write {
                try $0.setMustChange(before: after(100), after: nil, limit: 100, at: after(200))
            }
            #expect(step == MustChangeStep(flagged: 3, last: nil))
            let stored = try await store.read { reader throws in
                try accounts.map { try reader.account($0.id) }
            }
            for (account, now) in zip(accounts, stored) {
                var expected = account
                if [id(1), id(2), id(10)].contains(account.id) {
                    (expected.mustChangeSince, expected.updatedAt) = (after(200), after(200))
                    expected.revision = 2
                }
                #expect(now == expected)
            }
        }
    }

    @Test(
        "is set in small steps that go on where the last one stopped", arguments: Backend.available)
    func steps(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...25 {
                    let state: AccountState = seed.isMultiple(of: 5) ? .notNotified : .active
                    try writer.insert(Sample.account(seed, state: state))
                }
            }
            var flagged: [Int] = []
            var last: Account.ID?
            repeat {
                let from = last
                let step = try await store.write {
                    try $0.setMustChange(before: after(1), after: from, limit: 10, at: after(2))
                }
                flagged.append(step.flagged)
                last = step.last
            } while last != nil && flagged.count < 9
            #expect(flagged.count == 3 && flagged.allSatisfy { $0 <= 10 })
            #expect(flagged.reduce(0, +) == 20)
            let again = try await store.write {
                try $0.setMustChange(before: after(1), after: nil, limit: 99, at: after(3))
            }
            #expect(again.flagged == 0)
        }
    }

    @Test(
        "ends no session, and is met by a new password (J-§8.2 no. 13)",
        arguments: Backend.available)
    func met(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write {
                _ = try $0.setMustChange(before: after(1), after: nil, limit: 9, at: after(2))
            }
            let live = try await store.read { try $0.session(reference(1), at: after(3)) }
            #expect(live?.account.mustChangeSince == after(2))
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write {
                    try $0.setPassword("two", for: id(1), expectedRevision: 1, at: after(4))
                }
            }
            try await store.write {
                try $0.setPassword("two", for: id(1), expectedRevision: 2, at: after(4))
            }
            #expect(try await store.read { try $0.account(id(1)) }?.mustChangeSince == nil)
        }
    }
}
