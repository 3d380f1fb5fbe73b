import ArgumentParser
import FoundationEssentials
import Store
import Tokens

/// `Load accounts`: more parents than the demonstration has, each with a child of its own; the limits
/// of tries are by account, and a country does not sign in by five of them.
struct Accounts: AsyncParsableCommand {
    static let password = "Parent2026"

    @Option(help: "The SQLite file of a server that does not run.")
    var store: String

    @Option(help: "How many.")
    var count: Int

    /// The first parents have a large family: theirs are the portals that are measured.
    static let largeFamilies = 64
    static let childrenOfFamily = 12
    static let schools = 5

    private static func children(of number: Int) -> Int {
        number < largeFamilies ? childrenOfFamily : 1
    }

    static func identifier(_ number: Int) -> String { "p.banc\(number)" }

    func run() async throws {
        let store = try IdentityStore(sqlite: SQLiteOptions(path: store))
        let now = Date()
        var generator = SystemRandomNumberGenerator()
        func random(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let hash = try PasswordHash.hash(
            Array(Self.password.utf8), salt: random(PasswordHash.saltByteCount))
        let classes = try await schoolClasses(in: store, at: now, random)
        for start in stride(from: 0, to: count, by: 500) {
            let people = (start..<min(start + 500, count)).map { number in
                (
                    number: number, account: random(10), guardian: random(10),
                    children: (0..<Self.children(of: number)).map { _ in random(10) }
                )
            }
            try await store.write { writer in
                for person in people {
                    let identifier = Self.identifier(person.number)
                    let account = Account(
                        id: .init(at: now, random: person.account), identifier: identifier,
                        state: .active,
                        origin: .guardian, passwordHash: hash, passwordChangedAt: now,
                        email: identifier + "@example.org", createdAt: now, updatedAt: now)
                    try writer.insert(account)
                    let guardian = try writer.upsert(
                        Guardian(
                            id: .init(at: now, random: person.guardian), sourceKey: identifier,
                            account: account.id, civility: "Mme", lastName: "BANC\(person.number)",
                            firstName: "Paule", mobilePhone: "+33639980099", updatedAt: now))
                    for (index, random) in person.children.enumerated() {
                        let child = try writer.upsert(
                            Child(
                                id: .init(at: now, random: random),
                                sourceKey: "\(identifier) \(index)",
                                lastName: "BANC\(person.number)", firstName: "Lise",
                                birthDate: "2018-05-14",
                                schoolClass: classes[index % classes.count]))
                        try writer.upsert(
                            ChildLink(guardian: guardian, child: child, legalLevel: .representative)
                        )
                    }
                }
            }
        }
        await store.close()
    }

    /// A class in each school.
    private func schoolClasses(
        in store: IdentityStore, at now: Date, _ random: (Int) -> [UInt8]
    ) async throws -> [SchoolClass.ID] {
        let classes = (1...Self.schools).map { number in
            SchoolClass(
                id: .init(at: now, random: random(10)), sourceKey: "banc \(number)",
                school: "059980\(number)B", label: "CE2", level: "CE2")
        }
        return try await store.write { writer in
            try classes.map { schoolClass in
                try writer.upsert(
                    School(
                        uai: schoolClass.school, name: "Ecole du banc \(schoolClass.school)",
                        academy: "LILLE", sector: .public))
                return try writer.upsert(schoolClass)
            }
        }
    }
}
