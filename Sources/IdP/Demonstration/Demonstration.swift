import FoundationEssentials
import Serving
import Store
import Tokens

/// The schools and families of the demonstration: the names that the product's own guides show, with
/// addresses at example.org and telephone numbers reserved for fiction. Loading them twice changes
/// nothing (J §2.13), and an account of somebody else that has such a name stays as it is.
struct Demonstration {
    /// Of every account with a password of its own. It holds a year, which the deny-list of later forms would refuse.
    static let password = "Parent2026"

    let environment: ServerEnvironment

    /// Returns how many accounts were made.
    func load(into store: IdentityStore) async throws -> Int {
        let families = try Families(parsing: PackageResources.families_json)
        let now = environment.now()
        let random = environment.random
        let hash = try Self.hash(Self.password, random)
        var letters: [String: String] = [:]
        for parent in families.guardians {
            letters[parent.identifier] = try parent.provisionalPassword.map {
                try Self.hash($0, random)
            }
        }
        let provisionalHashes = letters
        return try await store.write { writer in
            for school in families.schools where try writer.school(school.uai) == nil {
                try writer.upsert(school)
            }
            // Only what was made here is given a child.
            var made: [String: Guardian.ID] = [:]
            for parent in families.guardians {
                made[parent.identifier] = try parent.write(
                    writer, passwordHash: hash,
                    provisionalHash: provisionalHashes[parent.identifier], at: now, random: random)
            }
            for child in families.children {
                let guardians = child.parents.compactMap { made[$0] }
                guard !guardians.isEmpty else { continue }
                try child.write(writer, of: guardians, at: now, random: random)
            }
            return made.count
        }
    }

    private static func hash(_ password: String, _ random: (Int) -> [UInt8]) throws -> String {
        try PasswordHash.hash(
            Array(password.utf8), salt: random(PasswordHash.saltByteCount))
    }
}

extension Families.Parent {
    /// Nil, and nothing is written, where the identifier is taken.
    fileprivate func write(
        _ writer: StoreWriter, passwordHash: String, provisionalHash: String?, at now: Date,
        random: (Int) -> [UInt8]
    ) throws -> Guardian.ID? {
        let account = account(passwordHash, provisionalHash, at: now, random: random)
        guard try writer.insert(account) else { return nil }
        let guardian = try writer.upsert(
            Guardian(
                id: .init(at: now, random: random(10)), sourceKey: "demo " + identifier,
                account: account.id, civility: civility, lastName: familyName, firstName: givenName,
                birthName: birthName, mobilePhone: mobile, emailFromSchool: email,
                birthDate: birthdate, updatedAt: now))
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

    private func account(
        _ passwordHash: String, _ provisionalHash: String?, at now: Date, random: (Int) -> [UInt8]
    ) -> Account {
        var account = Account(
            id: .init(at: now, random: random(10)), identifier: identifier, createdAt: now,
            updatedAt: now)
        // Older than any letter may be.
        let letterDay = standing == .outOfDate ? now.addingTimeInterval(-124 * 86_400) : now
        switch standing {
        case .notNotified: break
        case .notified, .outOfDate:
            (account.state, account.origin) = (.notifiedNotActivated, .school)
            (account.provisionalPasswordHash, account.provisionalPasswordAt) = (
                provisionalHash, letterDay
            )
            account.distributionDate = letterDay
        case .activating:
            (account.state, account.origin) = (.activating, .school)
            (account.passwordHash, account.passwordChangedAt) = (passwordHash, now)
            (account.pendingEmail, account.distributionDate) = (email, now)
        case .active:
            (account.state, account.origin) = (.active, .guardian)
            (account.passwordHash, account.passwordChangedAt) = (passwordHash, now)
            account.email = email
        }
        return account
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
