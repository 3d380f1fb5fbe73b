import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A code sent by SMS")
struct SMSChallengeTests {
    private func isGood(_ seed: Int, _ store: IdentityStore) async throws -> Bool {
        do {
            try await store.write { try $0.spendChallenge(id(seed), at: after(1)) }
            return true
        } catch StoreError.conflict {
            return false
        }
    }

    @Test("comes back as it was written, also when it was used", arguments: Backend.available)
    func roundTrip(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var challenge = Sample.challenge(1, purpose: .stepUp)
            try await store.write { try $0.issue(Sample.challenge(1, purpose: .stepUp)) }
            #expect(try await store.read { try $0.smsChallenge(id(1)) } == challenge)
            try await store.write { try $0.apply([.spendChallenge(id(1))], at: after(9)) }
            challenge.usedAt = after(9)
            #expect(try await store.read { try $0.smsChallenge(id(1)) } == challenge)
            #expect(try await store.read { try $0.smsChallenge(id(2)) } == nil)
        }
    }

    @Test(
        "voids the older one for the same purpose and person (J-§2.9, SR-51)",
        arguments: Backend.available)
    func newer(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.apply(
                    [.issueChallenge(Sample.challenge(1)), .issueChallenge(Sample.challenge(2))],
                    at: start)
            }
            #expect(try await !isGood(1, store))
            #expect(try await isGood(2, store))
        }
    }

    @Test(
        "stays good when another person gets one on the same number, or this one for another purpose (J-§2.9)",
        arguments: Backend.available)
    func others(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.issue(Sample.challenge(1))
                try writer.issue(Sample.challenge(2, subject: 2))
                try writer.issue(Sample.challenge(3, purpose: .stepUp))
            }
            for seed in 1...3 { #expect(try await isGood(seed, store)) }
        }
    }

    @Test("is good once, and until it expires (SR-51)", arguments: Backend.available)
    func expiry(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.issue(Sample.challenge(1))
                try writer.issue(Sample.challenge(2, subject: 2))
                try writer.spendChallenge(id(1), at: after(1799))
            }
            #expect(try await !isGood(1, store))
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { try $0.spendChallenge(id(2), at: after(1800)) }
            }
            // A used one does not stand in the way of the next, and stays known as used.
            try await store.write { try $0.issue(Sample.challenge(3)) }
            #expect(try await store.read { try $0.smsChallenge(id(1)) }?.usedAt == after(1799))
            #expect(try await isGood(3, store))
        }
    }

    @Test(
        "that was used before undoes all that was to be written with it (SR-65)",
        arguments: Backend.available)
    func atomic(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { writer in
                try writer.issue(Sample.challenge(1))
                try writer.spendChallenge(id(1), at: start)
            }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write { writer in
                    let changes: [Change] = [
                        .link(Sample.link("sub")), .issueMailToken(Sample.mailToken(5)),
                        .replaceAccount(Sample.account, expectedRevision: 1, ends: .endedByStaff),
                        .spendChallenge(id(1)),
                    ]
                    try writer.apply(changes, at: after(1))
                }
            }
            try await store.read { reader throws in
                #expect(try reader.upstreamLinks(of: id(1)).isEmpty)
                #expect(try reader.mailToken(reference(5)) == nil)
                #expect(try reader.session(reference(1), at: after(2))?.account == Sample.account)
            }
        }
    }
}
