import FoundationEssentials
import Store
import Tokens

/// The content of `families.json`. Throws for a document that is not of its shape, with the path.
struct Families {
    let schools: [School]
    let guardians: [Parent]
    let children: [Pupil]

    struct Parent {
        let identifier: String
        let civility: String
        let givenName: String
        let familyName: String
        let email: String
        let mobile: String?
        let birthdate: String?
        let birthName: String?
        let standing: Standing
        /// Of the letter.
        let provisionalPassword: String?
    }

    /// How far the account of a parent has come.
    enum Standing: String {
        case notNotified, notified, outOfDate, activating, active
    }

    struct Pupil {
        let ine: String
        let givenName: String
        let familyName: String
        let birthdate: String
        let level: String
        let uai: String
        /// Identifiers of the accounts that the child belongs to.
        let parents: [String]
    }

    init(parsing bytes: [UInt8]) throws {
        let root = try JSON(parsing: bytes)
        schools = try Self.list("schools", in: root).map { school in
            School(
                uai: try school.requiredString("uai"), name: try school.requiredString("name"),
                academy: try school.requiredString("academy"),
                sector: SchoolSector(rawValue: try school.requiredString("sector")) ?? .public)
        }
        guardians = try Self.list("guardians", in: root).map { parent in
            Parent(
                identifier: try parent.requiredString("identifier"),
                civility: try parent.requiredString("civility"),
                givenName: try parent.requiredString("given_name"),
                familyName: try parent.requiredString("family_name"),
                email: try parent.requiredString("email"),
                mobile: try parent.optionalString("mobile"),
                birthdate: try parent.optionalString("birthdate"),
                birthName: try parent.optionalString("birth_name"),
                standing: Standing(rawValue: try parent.requiredString("state")) ?? .notNotified,
                provisionalPassword: try parent.optionalString("provisional_password"))
        }
        children = try Self.list("children", in: root).map { child in
            Pupil(
                ine: try child.requiredString("ine"),
                givenName: try child.requiredString("given_name"),
                familyName: try child.requiredString("family_name"),
                birthdate: try child.requiredString("birthdate"),
                level: try child.requiredString("level"), uai: try child.requiredString("uai"),
                parents: try child.stringArray("guardians") ?? [])
        }
    }

    private static func list(_ name: String, in root: JSON) throws -> [JSONMembers] {
        let elements = try root.members().array(name) ?? []
        return try elements.enumerated().map { try $1.members(path: "\(name)[\($0)]") }
    }
}
