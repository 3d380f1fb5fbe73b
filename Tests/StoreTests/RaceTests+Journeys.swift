import Store
import TestSupport
import Testing

/// What a journey may do once.
extension RaceTests {
    /// The racers that succeeded; all others must have met a conflict.
    private func winners(
        _ handles: (IdentityStore, IdentityStore),
        _ body: @escaping @Sendable (StoreWriter, Int) throws -> Void
    ) async throws -> [Int] {
        let outcomes = try await race(handles) { store, racer -> Int? in
            do {
                try await store.write { try body($0, racer) }
                return racer
            } catch StoreError.conflict {
                return nil
            }
        }
        return outcomes.compactMap(\.self)
    }

    @Test("exactly one spends an SMS code (SR-51, J-§2.9)", arguments: Backend.available)
    func challenges(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...Self.rounds {
                try await first.write { try $0.issue(Sample.challenge(round)) }
                let winners = try await winners((first, second)) { writer, _ in
                    try writer.spendChallenge(id(round), at: after(1))
                }
                try #require(winners.count == 1)
            }
        }
    }

    @Test("exactly one spends a link of a mail (SR-51, J-§2.7)", arguments: Backend.available)
    func mailTokens(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...Self.rounds {
                try await first.write { try $0.issue(Sample.mailToken(round)) }
                let winners = try await winners((first, second)) { writer, _ in
                    try writer.spendMailToken(id(round), at: after(1))
                }
                try #require(winners.count == 1)
            }
        }
    }

    @Test("the codes and links of all but one are void (SR-51)", arguments: Backend.available)
    func issues(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...20 {
                let issued = try await race((first, second), racers: 10) { store, racer in
                    let seed = round * 100 + racer
                    try await store.write { writer in
                        try writer.issue(Sample.challenge(seed))
                        try writer.issue(Sample.mailToken(seed))
                    }
                    return seed
                }
                try #require(issued.count == 10, "each person gets an answer")
                let standing = try await second.read { reader throws in
                    (
                        try issued.filter { try reader.smsChallenge(id($0)) != nil }.count,
                        try issued.filter { try reader.mailToken(reference($0)) != nil }.count
                    )
                }
                try #require(standing == (1, 1))
            }
        }
    }

    @Test(
        "exactly one account gets an upstream identity (security.md 2.26)",
        arguments: Backend.available)
    func links(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.write { writer in
                for seed in 0..<Self.racers { try writer.insert(Sample.account(seed)) }
            }
            for round in 1...50 {
                let subject = "sub-\(round)"
                let winners = try await winners((first, second)) { writer, racer in
                    try writer.link(Sample.link(subject, account: id(racer)))
                }
                try #require(winners.count == 1)
                let link = try await second.read {
                    try $0.upstreamLink(issuer: Sample.issuer, subject: subject)
                }
                try #require(link?.account == winners.first.map { id($0) })
            }
        }
    }

    @Test("exactly one account absorbs another (J-§2.10, T15)", arguments: Backend.available)
    func merges(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.write { writer in
                for seed in 0..<Self.racers { try writer.insert(Sample.account(seed)) }
            }
            for round in 1...10 {
                let absorbed = 1000 + round
                try await first.write { try $0.insert(Sample.account(absorbed)) }
                let winners = try await winners((first, second)) { writer, racer in
                    let merge = AccountMerge(
                        id: id(round * 100 + racer), main: id(racer), mainRevision: 1,
                        absorbed: id(absorbed), absorbedRevision: 1)
                    try writer.absorb(merge, at: after(1))
                }
                try #require(winners.count == 1)
                let main = try await second.read { try $0.openAccount(following: id(absorbed)) }
                try #require(main?.id == winners.first.map { id($0) })
            }
        }
    }

    @Test(
        "a regroupement or a new password of the absorbed account wins, never both (T15, T13)",
        arguments: Backend.available)
    func mergeOrPassword(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            try await first.write { _ = try $0.insert(Sample.account(1)) }
            for round in 1...50 {
                let seed = 1000 + round
                try await first.write { writer in
                    try writer.insert(Sample.account(seed))
                    try writer.upsert(Sample.guardian(seed, account: id(seed)))
                }
                let winners = try await winners((first, second)) { writer, racer in
                    if racer.isMultiple(of: 3) {
                        let merge = AccountMerge(
                            id: id(round * 100 + racer), main: id(1), mainRevision: 1,
                            absorbed: id(seed), absorbedRevision: 1)
                        try writer.absorb(merge, at: after(1))
                    } else {
                        try writer.setPassword(
                            "$argon2id$\(racer)", for: id(seed), expectedRevision: 1, at: after(1))
                    }
                }
                try #require(winners.count == 1)
                let isMerged = winners[0].isMultiple(of: 3)
                let (account, records) = try await second.read { reader throws in
                    (try reader.account(id(seed)), try reader.guardians(of: id(seed)).count)
                }
                try #require(account?.state == (isMerged ? .closed : .active))
                try #require(
                    account?.passwordHash
                        == (isMerged ? "$argon2id$other" : "$argon2id$\(winners[0])"))
                try #require(records == (isMerged ? 0 : 1))
            }
        }
    }

    @Test("exactly one undoes a regroupement (T16)", arguments: Backend.available)
    func separations(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...50 {
                let (main, absorbed) = (round * 2, round * 2 + 1)
                let record = try await first.write { writer in
                    for seed in [main, absorbed] {
                        try writer.insert(Sample.account(seed))
                        try writer.upsert(Sample.guardian(seed, account: id(seed)))
                    }
                    let merge = AccountMerge(
                        id: id(round), main: id(main), mainRevision: 1, absorbed: id(absorbed),
                        absorbedRevision: 1)
                    try writer.absorb(merge, at: after(1))
                    return try #require(try writer.mergeRecord(ofAbsorbed: id(absorbed)))
                }
                var account = Sample.account(absorbed)
                account.revision = 2
                let restored = account
                let winners = try await winners((first, second)) { writer, _ in
                    try writer.separate(record, restored: restored, mainRevision: 1, at: after(2))
                }
                try #require(winners.count == 1)
                try await second.read { reader throws in
                    try #require(try reader.account(id(main))?.revision == 2)
                    try #require(try reader.account(id(absorbed))?.revision == 3)
                    try #require(try reader.guardians(of: id(absorbed)).count == 1)
                }
            }
        }
    }

    @Test("two accounts that absorb each other leave one open (T15)", arguments: Backend.available)
    func mutualMerges(_ backend: Backend) async throws {
        try await backend.withTwoHandles { first, second in
            for round in 1...50 {
                let pair = [round * 2, round * 2 + 1]
                try await first.write { writer in
                    for seed in pair { try writer.insert(Sample.account(seed)) }
                }
                let winners = try await winners((first, second)) { writer, racer in
                    let merge = AccountMerge(
                        id: id(round * 100 + racer), main: id(pair[racer % 2]), mainRevision: 1,
                        absorbed: id(pair[1 - racer % 2]), absorbedRevision: 1)
                    try writer.absorb(merge, at: after(1))
                }
                try #require(winners.count == 1)
            }
        }
    }
}
