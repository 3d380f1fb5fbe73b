import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A link sent by mail")
struct MailTokenTests {
    private func isGood(_ seed: Int, _ store: IdentityStore) async throws -> Bool {
        do {
            try await store.write { try $0.spendMailToken(id(seed), at: after(1)) }
            return true
        } catch StoreError.conflict {
            return false
        }
    }

    @Test("is found by its secret alone, also when it is used (D22)", arguments: Backend.available)
    func secret(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let sent = Sample.mailToken(1)
            var bare = Sample.mailToken(2, purpose: .passwordReset)
            (bare.interaction, bare.browserHash, bare.client) = (nil, nil, nil)
            let second = bare
            try await store.write { writer in
                try writer.issue(sent)
                try writer.issue(second)
                try writer.spendMailToken(sent.id, at: after(5))
            }
            try await store.read { reader throws in
                let found = try #require(try reader.mailToken(reference(1)))
                #expect(found.id == id(1) && found.reference.hash == sent.reference.hash)
                #expect(found.purpose == .activation && found.account == id(1))
                #expect(found.accountEpoch == 1 && found.address == "valery.durant@example.org")
                #expect(found.interaction == id(3) && found.browserHash == bytes(32, 7))
                #expect(found.client == Sample.client && found.createdAt == start)
                #expect(found.expiresAt == after(7 * 86400) && found.usedAt == after(5))
                let other = try #require(try reader.mailToken(reference(2)))
                #expect(other.purpose == .passwordReset && other.usedAt == nil)
                #expect(
                    other.interaction == nil && other.browserHash == nil && other.client == nil)
                #expect(try reader.mailToken(reference(1, secret: 9)) == nil)
                #expect(try reader.mailToken(reference(3)) == nil)
            }
        }
    }

    @Test(
        "voids the older one for the same purpose and account, and no other (J-§2.7, SR-51)",
        arguments: Backend.available)
    func newer(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                let changes: [Change] = [
                    .issueMailToken(Sample.mailToken(1)),
                    .issueMailToken(Sample.mailToken(2, purpose: .addressChange)),
                    .issueMailToken(Sample.mailToken(3, account: id(9))),
                    .issueMailToken(Sample.mailToken(4)),
                ]
                try writer.apply(changes, at: start)
            }
            #expect(try await store.read { try $0.mailToken(reference(1)) } == nil)
            #expect(try await !isGood(1, store))
            for seed in 2...4 { #expect(try await isGood(seed, store)) }
        }
    }

    @Test("is good once, and until it expires (SR-51)", arguments: Backend.available)
    func expiry(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.issue(Sample.mailToken(1))
                try writer.issue(Sample.mailToken(2, account: id(2)))
                try writer.spendMailToken(id(1), at: after(7 * 86400 - 1))
            }
            #expect(try await !isGood(1, store))
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.spendMailToken(id(2), at: after(7 * 86400)) }
            }
            try await store.write { try $0.issue(Sample.mailToken(3)) }
            #expect(
                try await store.read { try $0.mailToken(reference(1)) }?.usedAt != nil,
                "who opens it again is told that it was used")
        }
    }

    @Test(
        "is void with all others of its account, those of others stay (T9)",
        arguments: Backend.available)
    func voided(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.issue(Sample.mailToken(1))
                try writer.issue(Sample.mailToken(2, purpose: .passwordReset))
                try writer.issue(Sample.mailToken(3, account: id(9)))
                try writer.apply([.voidMailTokens(id(1))], at: after(1))
            }
            #expect(try await !isGood(1, store))
            #expect(try await !isGood(2, store))
            #expect(try await isGood(3, store))
        }
    }

    @Test(
        "is swept thirty days after it expired, an SMS code at once",
        arguments: Backend.available)
    func swept(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.issue(Sample.challenge(1))
                try writer.issue(Sample.challenge(2, subject: 2))
                try writer.spendChallenge(id(2), at: start)
                try writer.issue(Sample.mailToken(1))
                try writer.issue(Sample.mailToken(2, purpose: .passwordReset, lifetime: 86400))
            }
            func deleted(at seconds: Double) async throws -> Int {
                try await store.write {
                    try $0.sweep(limit: 10, auditRetention: 1, at: after(seconds)).deleted
                }
            }
            let month = 30.0 * 86400
            #expect(try await deleted(at: 1799) == 0)
            #expect(try await deleted(at: 1800) == 2, "used or not")
            #expect(try await deleted(at: month + 86400 - 1) == 0)
            #expect(try await deleted(at: month + 86400) == 1)
            #expect(try await store.read { try $0.mailToken(reference(1)) } != nil)
            #expect(try await deleted(at: month + 7 * 86400) == 1)
        }
    }
}
