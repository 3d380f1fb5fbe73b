import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("A candidate for enrolment")
struct EnrolmentTests {
    private static let mobile = "+33639980001"

    /// Guardians 1 to 5 with one number, of accounts 1 to 5: two who represent a child, one whose
    /// link ends after ten seconds, a contact, and one without a child; the sixth has another
    /// number.
    private func prepare(_ store: IdentityStore) async throws {
        try await store.write { writer in
            for seed in 1...6 {
                try writer.insert(Sample.account(seed, state: seed == 2 ? .activating : .active))
                let mobile = seed == 6 ? "+33639980002" : Self.mobile
                try writer.upsert(Sample.guardian(seed, account: id(seed), mobile: mobile))
            }
            try writer.upsert(Sample.child(1, "Alexis", born: "2012-10-29"))
            try writer.upsert(Sample.child(2, "Louise", born: "2009-08-20"))
            try writer.upsert(Sample.child(3, "Enzo", born: "2010-10-03"))
            let links = [
                ChildLink(guardian: id(1), child: id(1), legalLevel: .representative),
                ChildLink(guardian: id(1), child: id(2), legalLevel: .representative),
                ChildLink(
                    guardian: id(1), child: id(3), legalLevel: .representative, endedAt: start),
                ChildLink(guardian: id(2), child: id(1), legalLevel: .representative),
                ChildLink(guardian: id(2), child: id(3), legalLevel: .representative),
                ChildLink(
                    guardian: id(3), child: id(1), legalLevel: .representative, endedAt: after(10)),
                ChildLink(guardian: id(4), child: id(1), legalLevel: .contact),
                ChildLink(guardian: id(6), child: id(1), legalLevel: .representative),
            ]
            for link in links { try writer.upsert(link) }
        }
    }

    private func seeds(_ candidates: [EnrolmentCandidate]) -> [String] {
        candidates.map(\.guardian.sourceKey).sorted()
    }

    @Test(
        "has the number and represents a child now; an ended link gives none (J-§8.2 no. 7)",
        arguments: Backend.available)
    func byMobile(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.read { reader throws in
                let before = try reader.enrolmentCandidates(mobile: Self.mobile, at: after(9))
                #expect(seeds(before) == ["g1", "g2", "g3"])
                let now = try reader.enrolmentCandidates(mobile: Self.mobile, at: after(10))
                #expect(seeds(now) == ["g1", "g2"])
                #expect(now.map(\.guardian.id) == now.map(\.guardian.id).sorted())
                let second = now.first { $0.guardian.id == id(2) }
                #expect(second?.account == Sample.account(2, state: .activating))
                #expect(second?.guardian == Sample.guardian(2, account: id(2)))
                #expect(try reader.enrolmentCandidates(mobile: "0639980001", at: start).isEmpty)
                #expect(try reader.enrolmentCandidates(mobile: "", at: start).isEmpty)
            }
        }
    }

    @Test(
        "is read anew by its record at each step, with its account as it is then",
        arguments: Backend.available)
    func byID(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            let all: [Guardian.ID] = [id(3), id(1), id(4), id(6), id(5), id(1), id(99)]
            try await store.read { reader throws in
                #expect(
                    seeds(try reader.enrolmentCandidates(all, at: after(9))) == ["g1", "g3", "g6"])
                #expect(seeds(try reader.enrolmentCandidates(all, at: after(10))) == ["g1", "g6"])
                #expect(try reader.enrolmentCandidates([], at: start).isEmpty)
            }
            try await store.write {
                let merge = AccountMerge(
                    id: id(1), main: id(6), mainRevision: 1, absorbed: id(1), absorbedRevision: 1)
                try $0.absorb(merge, at: after(11))
            }
            let now = try await store.read { try $0.enrolmentCandidates([id(1)], at: after(12)) }
            #expect(now.map(\.account.id) == [id(6)])
        }
    }

    @Test("is nobody where the number is a placeholder", arguments: Backend.available)
    func placeholder(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            func add(_ seeds: ClosedRange<Int>) async throws {
                try await store.write { writer in
                    for seed in seeds {
                        try writer.insert(Sample.account(seed))
                        try writer.upsert(Sample.guardian(seed, account: id(seed)))
                        try writer.upsert(Sample.child(seed))
                        try writer.upsert(
                            ChildLink(
                                guardian: id(seed), child: id(seed), legalLevel: .representative))
                    }
                }
            }
            func found() async throws -> Int {
                try await store.read {
                    try $0.enrolmentCandidates(mobile: Self.mobile, at: after(1)).count
                }
            }
            try await add(1...50)
            #expect(try await found() == 50)
            try await add(51...51)
            #expect(try await found() == 0)
        }
    }

    @Test(
        "shows the children of all its records, eldest first, each once (screen A-6)",
        arguments: Backend.available)
    func children(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.read { reader throws in
                func names(_ guardians: [Guardian.ID], at seconds: Double) throws -> [String] {
                    try reader.children(of: guardians, at: after(seconds)).map(\.child.firstName)
                }
                #expect(try names([id(2), id(1), id(1)], at: 1) == ["Louise", "Enzo", "Alexis"])
                #expect(try names([id(1)], at: 1) == ["Louise", "Alexis"])
                #expect(try names([id(3)], at: 9) == ["Alexis"])
                #expect(try names([id(3), id(4), id(5)], at: 10).isEmpty)
                #expect(try names([], at: 1).isEmpty)
            }
        }
    }

    @Test("is known by how often it was tried in the present window", arguments: Backend.available)
    func counted(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let rule = AttemptRule(key: attemptKey(1), windowSeconds: 60, maximum: 5)
            func counted(at seconds: Double) async throws -> Int64 {
                try await store.read { try $0.counted(rule.key, at: after(seconds)) }
            }
            #expect(try await counted(at: 0) == 0)
            for second in 0..<3 {
                _ = try await store.write { try $0.reserve([rule], at: after(Double(second))) }
            }
            #expect(try await counted(at: 59) == 3)
            try await store.write { try $0.giveBackAttempts([rule.key]) }
            #expect(try await counted(at: 59) == 2)
            #expect(try await counted(at: 60) == 0)
        }
    }
}
