import FoundationEssentials
import TestSupport
import Testing

@testable import Store

@Suite("A family")
struct FamilyTests {
    private static let schools = [
        School(
            uai: "0310001A", name: "Ecole élémentaire Marie Curie", academy: "Toulouse",
            sector: .public),
        School(
            uai: "0310002B", name: "École élémentaire Jean Moulin", academy: "Toulouse",
            sector: .public),
        School(uai: "0590003C", name: "Collège Victor Hugo", academy: "Lille", sector: .public),
        School(uai: "0590004D", name: "Collège Victor Hugo", academy: "Lille", sector: .private),
        School(uai: "0590005E", name: "E.E.PU-ROGER SALENGRO", academy: "Lille", sector: .public),
    ]

    private func child(_ seed: Int, _ last: String, _ first: String, school: Int?) -> Child {
        var child = Sample.child(seed, first)
        child.lastName = last
        child.schoolClass = school.map { id(100 + $0) }
        return child
    }

    /// Account 1 with two records of one person, as after a regroupement, and a third without a
    /// child; account 2 represents one of the children as well. Classes 100 to 104 of the schools.
    private func prepare(_ store: IdentityStore) async throws {
        try await store.prepare()
        try await store.write { writer in
            try writer.insert(Sample.account(2))
            for seed in 1...3 { try writer.upsert(Sample.guardian(seed)) }
            try writer.upsert(Sample.guardian(4, account: id(2)))
            for (index, school) in Self.schools.enumerated() {
                try writer.upsert(school)
                try writer.upsert(
                    SchoolClass(
                        id: id(100 + index), sourceKey: "k\(index)", school: school.uai,
                        label: "CM\(index)"))
            }
        }
    }

    private func represent(
        _ child: Child, by guardians: [Int], level: LegalLevel = .representative,
        until end: Date? = nil, _ writer: StoreWriter
    ) throws {
        try writer.upsert(child)
        for guardian in guardians {
            try writer.upsert(
                ChildLink(guardian: id(guardian), child: child.id, legalLevel: level, endedAt: end))
        }
    }

    @Test(
        "is an account's records and children, each child once, by school and name (J-§3.5)",
        arguments: Backend.available)
    func order(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try represent(child(1, "DURAND", "Zoé", school: 4), by: [1, 2, 4], writer)
                try represent(child(2, "DURAND", "Éloi", school: 4), by: [2], writer)
                try represent(child(3, "Dupont", "Enzo", school: 4), by: [1], writer)
                try represent(child(4, "DURAND", "Louise", school: 1), by: [1], writer)
                try represent(child(5, "DURAND", "Tristan", school: 0), by: [2], writer)
                try represent(child(6, "DURAND", "Alexis", school: nil), by: [2], writer)
                try represent(child(7, "DURAND", "Yves", school: 2), by: [2], writer)
                try represent(child(8, "DURAND", "Anne", school: 3), by: [2], writer)
                try represent(child(9, "DURAND", "Maud", school: 2), by: [2], writer)
                try represent(child(10, "DURAND", "Ines", school: 0), by: [1], until: start, writer)
                try represent(
                    child(11, "DURAND", "Jean", school: 0), by: [1], level: .contact, writer)
                try represent(child(12, "MARTIN", "Cassandre", school: 0), by: [4], writer)
            }
            let family = try await store.read { try $0.family(of: id(1), at: start) }
            #expect(
                family.children.map(\.view.child.firstName) == [
                    "Maud", "Yves", "Anne",  // two schools of one name, apart
                    "Enzo", "Éloi", "Zoé",  // by family name, then first name, accents or not
                    "Louise", "Tristan",  // « École … Jean Moulin », « Ecole … Marie Curie »
                    "Alexis",  // no school
                ])
            let (guardians, children) = try await store.read { reader throws in
                (try reader.guardians(of: id(1)), try reader.children(of: id(1), at: start))
            }
            #expect(family.guardians == guardians && guardians.count == 3)
            #expect(
                Set(family.children.map(\.view.child.id)) == Set(children.map(\.child.id)),
                "those that other pages show")
            for child in family.children {
                #expect(children.contains(child.view), "with its class and school")
            }
        }
    }

    @Test("without a child still has its records (T17)", arguments: Backend.available)
    func childless(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try represent(
                    child(1, "DURAND", "Zoé", school: 4), by: [1], until: after(5), writer)
            }
            try await store.read { reader throws in
                #expect(try reader.family(of: id(1), at: after(4)).children.count == 1)
                let family = try reader.family(of: id(1), at: after(5))
                #expect(family.children.isEmpty)
                #expect(family.guardians == (try reader.guardians(of: id(1))))
                #expect(family.guardians.count == 3)
                #expect(
                    try reader.family(of: id(9), at: start) == Family(guardians: [], children: []))
            }
        }
    }

    @Test(
        "brings every identifier of its children, and no adult's (D8)", arguments: Backend.available
    )
    func subjects(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                try represent(child(1, "DURAND", "Zoé", school: 4), by: [1, 2], writer)
                try represent(child(2, "DURAND", "Éloi", school: 4), by: [2], writer)
                let subjects: [(SubjectOwner, String, String)] = [
                    (.child(id(1)), "lsu.example.org", "lsu-1"),
                    (.child(id(1)), "cantine.example.org", "cantine-1"),
                    (.child(id(2)), "lsu.example.org", "lsu-2"),
                    // An account whose identifier happens to be a child's.
                    (.account(id(2)), "garderie.example.org", "adult"),
                ]
                for (owner, sector, value) in subjects {
                    _ = try writer.ensure(
                        SubjectIdentifier(owner: owner, sector: sector, value: value))
                }
            }
            let family = try await store.read { try $0.family(of: id(1), at: start) }
            #expect(
                family.children.map(\.subjects) == [
                    ["lsu.example.org": "lsu-2"],
                    ["lsu.example.org": "lsu-1", "cantine.example.org": "cantine-1"],
                ])
        }
    }

    @Test(
        "of twelve children in five schools makes a portal in three queries (J-§3.5)",
        arguments: Backend.available)
    func queries(_ backend: Backend) async throws {
        try await backend.withStore { store async throws in
            try await prepare(store)
            try await store.write { writer in
                for seed in 1...12 {
                    try represent(
                        child(seed, "DURAND", "Louise", school: seed % 5), by: [1, 2], writer)
                }
                for name in ["cantine", "garderie"] {
                    var client = Sample.client(name)
                    client.secrets = (1...2).map {
                        ClientSecret(hash: bytes(32, $0), createdAt: start)
                    }
                    try writer.insert(client)
                    for seed in 1...12 {
                        _ = try writer.ensure(
                            SubjectIdentifier(
                                owner: .child(id(seed)), sector: client.sector, value: "\(seed)"))
                    }
                }
            }
            let (family, clients, count) = try await store.database.read { connection in
                let noting = Noting(connection)
                let reader = StoreReader(connection: noting)
                let live = try #require(try reader.session(reference(1), at: after(1)))
                let family = try reader.family(of: live.account.id, at: after(1))
                return (family, try reader.clients(after: nil, limit: 50), noting.count)
            }
            #expect(count == 3)
            #expect(clients.map(\.secrets.count) == [2, 2, 0])
            #expect(family.children.count == 12 && family.guardians.count == 3)
            #expect(family.children.allSatisfy { $0.subjects.count == 2 })
            #expect(Set(family.children.map(\.view.school?.uai)).count == 5)
        }
    }
}
