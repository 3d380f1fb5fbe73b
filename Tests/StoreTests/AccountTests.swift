import FoundationEssentials
import Store
import TestSupport
import Testing

@Suite("An account")
struct AccountTests {
    @Test("comes back as it was written", arguments: Backend.available)
    func roundTrip(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            var account = Sample.account
            account.state = .closed
            account.closedAt = after(1.25)
            account.mergedInto = id(9)
            account.provisionalPasswordHash = "$argon2id$provisional"
            account.provisionalPasswordSealed = [0, 255, 1]
            account.provisionalPasswordAt = after(2)
            account.pendingEmail = "é@example.org"
            account.distributionDate = after(3)
            account.mustChangeSince = after(5)
            account.lastAccessAt = after(4)
            account.previousAccessAt = after(-4)
            let written = account
            #expect(try await store.write { try $0.insert(written) })
            try await store.read { reader throws in
                #expect(try reader.account(written.id) == written)
                #expect(try reader.account(identifier: "v.durant1") == written)
                #expect(try reader.account(identifier: "V.DURANT1") == nil)
                #expect(try reader.account(id(2)) == nil)
                #expect(try reader.accountCount() == 1)
            }
        }
    }

    @Test("comes from one of six places, and keeps that (J-F-11)", arguments: Backend.available)
    func origins(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let names = ["school", "guardian", "franceConnect", "ent", "aten", "unset"]
            #expect(AccountOrigin.allCases.map(\.rawValue) == names)
            for (seed, origin) in zip(1..., AccountOrigin.allCases) {
                let written = Account(
                    id: id(seed), identifier: "m.martin\(seed)", origin: origin, createdAt: start,
                    updatedAt: start)
                #expect(try await store.write { try $0.insert(written) })
                #expect(try await store.read { try $0.account(written.id) } == written)
            }
            let fresh = Account(
                id: id(9), identifier: "m.martin", createdAt: start, updatedAt: start)
            #expect(fresh.origin == .unset)
        }
    }

    @Test(
        "has an identifier of its own, even a closed one's is not given again (J-§2.12)",
        arguments: Backend.available)
    func identifier(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let second = Account(
                id: id(2), identifier: "v.durant1", createdAt: start, updatedAt: start)
            #expect(try await !store.write { try $0.insert(second) })
            #expect(try await store.read { try $0.account(id(2)) } == nil)
        }
    }

    @Test(
        "gets a new password only on the revision that was decided on (design §8)",
        arguments: Backend.available)
    func setPassword(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            let account = Sample.account.id
            try await store.write {
                try $0.setPassword("two", for: account, expectedRevision: 1, at: after(1))
            }
            await #expect(throws: StoreError.conflict(detail: "")) {
                try await store.write {
                    try $0.setPassword("three", for: account, expectedRevision: 1, at: after(2))
                }
            }
            let changed = try await store.read { try $0.account(account) }
            #expect(changed?.passwordHash == "two" && changed?.epoch == 2 && changed?.revision == 2)
            #expect(changed?.passwordChangedAt == after(1))
        }
    }

    @Test("keeps sessions and revision when its hash is made anew", arguments: Backend.available)
    func rehash(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            #expect(
                try await store.write {
                    try $0.rehashPassword(id(1), from: "$argon2id$one", to: "b", at: after(1))
                })
            #expect(
                try await !store.write {
                    try $0.rehashPassword(id(1), from: "$argon2id$one", to: "c", at: after(1))
                })
            let live = try await store.read { try $0.session(reference(1), at: after(2)) }
            #expect(live?.account.passwordHash == "b" && live?.account.revision == 1)
        }
    }

    @Test("remembers the access before the last one (J-§2.11)", arguments: Backend.available)
    func access(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.prepare()
            try await store.write { try $0.touchAccess(id(1), at: after(10)) }
            try await store.write { try $0.touchAccess(id(1), at: after(20)) }
            let account = try await store.read { try $0.account(id(1)) }
            #expect(account?.lastAccessAt == after(20) && account?.previousAccessAt == after(10))
        }
    }
}

@Suite("The directory")
struct DirectoryTests {
    private static let school = School(
        uai: "0590001A", name: "E.E.PU-ROGER SALENGRO", academy: "LILLE", sector: .public,
        phone: "03 20 00 00 00")
    private static let schoolClass = SchoolClass(
        id: id(1), sourceKey: "0590001A/CE2B", school: "0590001A", label: "CE2B", level: "CE2")

    private func guardian(_ seed: Int, account: Account.ID = id(1)) -> Guardian {
        Guardian(
            id: id(seed), sourceKey: "g\(seed)", account: account, civility: "Mme",
            lastName: "DURANT",
            firstName: "Valéry", mobilePhone: "+33639980001", emailFromSchool: "valery@example.org",
            updatedAt: start)
    }

    private func child(
        _ seed: Int, _ name: String, born: String, in schoolClass: SchoolClass.ID? = id(1)
    ) -> Child {
        Child(
            id: id(seed), sourceKey: "c\(seed)", lastName: "DURAND", firstName: name,
            birthDate: born,
            ine: "00000000\(seed)", schoolClass: schoolClass)
    }

    @Test(
        "shows the children that a guardian represents now, each once, eldest first (J-§2.5)",
        arguments: Backend.available)
    func children(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.upsert(Self.school)
                try writer.upsert(Self.schoolClass)
                try writer.upsert(guardian(1))
                try writer.upsert(guardian(2))
                let children = [
                    child(1, "Alexis", born: "2012-10-29"),
                    child(2, "Louise", born: "2009-08-20", in: nil),
                    child(3, "Enzo", born: "2010-10-03"), child(4, "Léa", born: "2011-01-01"),
                    child(5, "Maëli", born: "2011-01-02"),
                ]
                for child in children { try writer.upsert(child) }
                let links = [
                    ChildLink(guardian: id(1), child: id(1), legalLevel: .representative),
                    ChildLink(guardian: id(2), child: id(1), legalLevel: .representative),
                    ChildLink(guardian: id(2), child: id(2), legalLevel: .representative),
                    ChildLink(guardian: id(1), child: id(3), legalLevel: .contact),
                    ChildLink(
                        guardian: id(1), child: id(4), legalLevel: .representative,
                        endedAt: after(10)),
                    ChildLink(guardian: id(1), child: id(5), legalLevel: .inCharge),
                ]
                for link in links { try writer.upsert(link) }
            }
            try await store.read { reader throws in
                let before = try reader.children(of: id(1), at: after(9))
                #expect(before.map(\.child.firstName) == ["Louise", "Léa", "Alexis"])
                #expect(
                    before.last?.school == Self.school
                        && before.last?.schoolClass == Self.schoolClass)
                #expect(before.first?.school == nil && before.first?.schoolClass == nil)
                let now = try reader.children(of: id(1), at: after(10))
                #expect(now.map(\.child.firstName) == ["Louise", "Alexis"])
                #expect(
                    try reader.guardians(of: id(1))
                        == [guardian(1), guardian(2)].sorted { $0.id < $1.id })
                #expect(try reader.school("0590001A") == Self.school)
            }
        }
    }

    @Test(
        "takes a second load of the same records as changes to them", arguments: Backend.available)
    func secondLoad(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.upsert(guardian(1))
                let again = Guardian(
                    id: id(8), sourceKey: "g1", account: id(9), civility: "Mme",
                    lastName: "DURANT-LOYEZ",
                    firstName: "Valéry", updatedAt: after(1))
                #expect(try writer.upsert(again) == id(1))
                try writer.upsert(child(1, "Alexis", born: "2012-10-29", in: nil))
                let renamed = Child(
                    id: id(7), sourceKey: "c1", lastName: "DURAND", firstName: "Alexis",
                    birthDate: "2012-10-30")
                #expect(try writer.upsert(renamed) == id(1))
            }
            let records = try await store.read { try $0.guardians(of: id(1)) }
            #expect(records.map(\.lastName) == ["DURANT-LOYEZ"], "and keeps the account")
        }
    }

    @Test("holds a value for every standard claim (conformance §9)", arguments: Backend.available)
    func details(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            let details = ProfileDetails(
                guardian: id(1), middleName: "Camille", nickname: "Val",
                profile: "https://example.org/v",
                picture: "https://example.org/v.png", website: "https://example.org",
                gender: "female",
                zoneinfo: "Europe/Paris", locale: "fr-FR", streetAddress: "1 rue des Écoles",
                locality: "Lille",
                region: "Hauts-de-France", postalCode: "59000", country: "France")
            try await store.write { writer in
                try writer.insert(Sample.account)
                try writer.upsert(guardian(1))
                try writer.upsert(ProfileDetails(guardian: id(1), nickname: "V"))
                try writer.upsert(details)
            }
            #expect(try await store.read { try $0.profileDetails(of: id(1)) } == details)
            #expect(try await store.read { try $0.profileDetails(of: id(2)) } == nil)
        }
    }
}
