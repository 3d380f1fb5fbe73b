import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("What self-help looks for")
struct SelfHelpTests {
    private static let mobile = "+33639980001"

    @Test(
        "is the active accounts with this confirmed address, whatever its case (J-§3.8)",
        arguments: Backend.available)
    func byEmail(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for (seed, state, email, pending) in [
                    (1, .active, "Valery@example.org", nil),
                    (2, .active, "valery@Example.ORG", nil),
                    (3, .activating, nil, "valery@example.org"),
                    (4, .active, nil, "valery@example.org"),
                    (5, .closed, "valery@example.org", nil),
                    (6, .active, "valery@example.org.invalid", nil),
                    (7, .active, "a_valery@example.org", nil),
                    (8, .notifiedNotActivated, "valery@example.org", nil),
                ] as [(Int, AccountState, String?, String?)] {
                    var account = Sample.account(seed, state: state)
                    (account.email, account.pendingEmail) = (email, pending)
                    account.closedAt = state == .closed ? start : nil
                    try writer.insert(account)
                }
            }
            try await store.read { reader throws in
                for typed in ["valery@example.org", "VALERY@EXAMPLE.ORG"] {
                    let found = try reader.accounts(email: typed)
                    #expect(Set(found.map(\.id)) == [id(1), id(2)])
                    #expect(found.map(\.id) == found.map(\.id).sorted())
                    #expect(
                        Set(found.map(\.email)) == ["Valery@example.org", "valery@Example.ORG"])
                }
                for typed in ["valery@example", "%@example.org", "_valery@example.org", ""] {
                    #expect(try reader.accounts(email: typed).isEmpty)
                }
            }
        }
    }

    @Test(
        "is the active accounts with a record of this number, each once (J-§3.8)",
        arguments: Backend.available)
    func byMobile(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...4 {
                    try writer.insert(
                        Sample.account(seed, state: seed == 2 ? .activating : .active))
                    let mobile = seed == 3 ? "+33639980002" : seed == 4 ? nil : Self.mobile
                    try writer.upsert(Sample.guardian(seed, account: id(seed), mobile: mobile))
                }
                try writer.upsert(Sample.guardian(9, account: id(1)))
            }
            try await store.read { reader throws in
                #expect(try reader.accounts(mobile: Self.mobile).map(\.id) == [id(1)])
                #expect(try reader.accounts(mobile: "0639980001").isEmpty)
                #expect(try reader.accounts(mobile: "").isEmpty)
                // Whoever holds the number, also with an account that is not active.
                let holders = try reader.guardians(mobile: Self.mobile, limit: 5)
                #expect(Set(holders.map(\.sourceKey)) == ["g1", "g2", "g9"])
                #expect(holders.map(\.id) == holders.map(\.id).sorted())
                #expect(
                    try reader.guardians(mobile: Self.mobile, limit: 2) == Array(holders.prefix(2)))
                #expect(try reader.guardians(mobile: "", limit: 5).isEmpty)
            }
        }
    }

    @Test("is bounded where an address or a number is a placeholder", arguments: Backend.available)
    func bounded(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                for seed in 1...60 {
                    var account = Sample.account(seed)
                    account.email = "contact@example.org"
                    try writer.insert(account)
                    try writer.upsert(Sample.guardian(seed, account: id(seed)))
                }
            }
            try await store.read { reader throws in
                #expect(try reader.accounts(email: "contact@example.org").count == 50)
                #expect(try reader.accounts(mobile: Self.mobile).count == 50)
            }
        }
    }
}
