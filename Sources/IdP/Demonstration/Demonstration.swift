import FoundationEssentials
import Serving
import Store
import Tokens

/// The schools and families of the demonstration: the names that the product's own guides show, with
/// addresses at example.org and telephone numbers reserved for fiction. Loading them twice changes
/// nothing (J §2.13).
struct Demonstration {
    /// Of every activated account. It holds a year, which the deny-list of later forms would refuse.
    static let password = "Parent2026"

    let environment: ServerEnvironment

    /// Returns how many accounts the demonstration has.
    func load(into store: IdentityStore) async throws -> Int {
        let families = try Families(parsing: PackageResources.families_json)
        let now = environment.now()
        let random = environment.random
        let hash = try PasswordHash.hash(
            Array(Self.password.utf8), salt: random(PasswordHash.saltByteCount))
        try await store.write { writer in
            for school in families.schools { try writer.upsert(school) }
            for guardian in families.guardians {
                try guardian.write(writer, passwordHash: hash, at: now, random: random)
            }
            for child in families.children { try child.write(writer, at: now, random: random) }
        }
        return families.guardians.count
    }
}

extension Families.Parent {
    fileprivate func write(
        _ writer: StoreWriter, passwordHash: String, at now: Date, random: (Int) -> [UInt8]
    ) throws {
        let account = Account(
            id: .init(at: now, random: random(10)), identifier: identifier,
            state: isActive ? .active : .notNotified, origin: isActive ? .guardian : .unset,
            passwordHash: isActive ? passwordHash : nil, passwordChangedAt: isActive ? now : nil,
            email: isActive ? email : nil, createdAt: now, updatedAt: now)
        try writer.insert(account)
        guard let owner = try writer.account(identifier: identifier) else { return }
        let guardian = try writer.upsert(
            Guardian(
                id: .init(at: now, random: random(10)), sourceKey: "demo " + identifier,
                account: owner.id, civility: civility, lastName: familyName, firstName: givenName,
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
    }
}

extension Families.Pupil {
    fileprivate func write(
        _ writer: StoreWriter, at now: Date, random: (Int) -> [UInt8]
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
        for identifier in parents {
            guard let account = try writer.account(identifier: identifier) else { continue }
            for guardian in try writer.guardians(of: account.id) {
                try writer.upsert(
                    ChildLink(guardian: guardian.id, child: child, legalLevel: .representative))
            }
        }
    }
}
