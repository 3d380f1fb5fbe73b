import FoundationEssentials
import Serving
import Store
import Tokens

/// The schools and families of the demonstration: the names that the product's own guides show, with
/// addresses at example.org and telephone numbers reserved for fiction. Loading them twice changes
/// nothing (J §2.13), and an account of somebody else that has such a name stays as it is.
struct Demonstration {
    /// Of every activated account. It holds a year, which the deny-list of later forms would refuse.
    static let password = "Parent2026"

    let environment: ServerEnvironment

    /// Returns how many accounts were made.
    func load(into store: IdentityStore) async throws -> Int {
        let families = try Families(parsing: PackageResources.families_json)
        let now = environment.now()
        let random = environment.random
        let hash = try PasswordHash.hash(
            Array(Self.password.utf8), salt: random(PasswordHash.saltByteCount))
        return try await store.write { writer in
            for school in families.schools where try writer.school(school.uai) == nil {
                try writer.upsert(school)
            }
            // Only what was made here is given a child.
            var made: [String: Guardian.ID] = [:]
            for parent in families.guardians {
                made[parent.identifier] = try parent.write(
                    writer, passwordHash: hash, at: now, random: random)
            }
            for child in families.children {
                let guardians = child.parents.compactMap { made[$0] }
                guard !guardians.isEmpty else { continue }
                try child.write(writer, of: guardians, at: now, random: random)
            }
            return made.count
        }
    }
}

extension Families.Parent {
    /// Nil, and nothing is written, where the identifier is taken.
    fileprivate func write(
        _ writer: StoreWriter, passwordHash: String, at now: Date, random: (Int) -> [UInt8]
    ) throws -> Guardian.ID? {
        let account = Account(
            id: .init(at: now, random: random(10)), identifier: identifier,
            state: isActive ? .active : .notNotified, origin: isActive ? .guardian : .unset,
            passwordHash: isActive ? passwordHash : nil, passwordChangedAt: isActive ? now : nil,
            email: isActive ? email : nil, createdAt: now, updatedAt: now)
        guard try writer.insert(account) else { return nil }
        let guardian = try writer.upsert(
            Guardian(
                id: .init(at: now, random: random(10)), sourceKey: "demo " + identifier,
                account: account.id, civility: civility, lastName: familyName, firstName: givenName,
                mobilePhone: mobile, emailFromSchool: email, birthDate: birthdate, updatedAt: now))
        // Every standard claim has a value for somebody: outside test tools ask for all of them.
        try writer.upsert(
            ProfileDetails(
                guardian: guardian, middleName: "Camille", nickname: givenName,
                profile: "https://www.example.org/" + identifier,
                picture: "https://www.example.org/" + identifier + ".png",
                website: "https://www.example.org", gender: civility == "Mme" ? "female" : "male",
                zoneinfo: "Europe/Paris", locale: "fr-FR", streetAddress: "1 rue de l'École",
                locality: "Lille", region: "Hauts-de-France", postalCode: "59000", country: "France"
            ))
        return guardian
    }
}

extension Families.Pupil {
    fileprivate func write(
        _ writer: StoreWriter, of guardians: [Guardian.ID], at now: Date, random: (Int) -> [UInt8]
    ) throws {
        let label = "Classe de " + level
        let schoolClass = try writer.upsert(
            SchoolClass(
                id: .init(at: now, random: random(10)), sourceKey: "demo " + uai + " " + level,
                school: uai, label: label, level: level))
        let child = try writer.upsert(
            Child(
                id: .init(at: now, random: random(10)), sourceKey: "demo " + ine,
                lastName: familyName,
                firstName: givenName, birthDate: birthdate, ine: ine, schoolClass: schoolClass))
        for guardian in guardians {
            try writer.upsert(
                ChildLink(guardian: guardian, child: child, legalLevel: .representative))
        }
    }
}
