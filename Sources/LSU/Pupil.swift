import Tokens

/// A child of the parent who is signed in, as the provider's claim `children` names it.
struct Pupil: Sendable, Equatable {
    /// A family has fewer; a claim with more is refused.
    static let countMax = 64

    /// The provider's identifier for this child, ours alone.
    let id: String
    let givenName: String
    let familyName: String
    /// Nil for a pupil without an ordinary level.
    let level: Level?
    let schoolName: String
    /// The national number; only teleservices entitled to it are told.
    let ine: String?

    /// « DURAND Alexis »
    var displayName: String { "\(familyName) \(givenName)" }

    /// Reads the claim; absent means no child. Source: design D10.
    static func list(in claims: JSONMembers) throws(JSONError) -> [Pupil] {
        guard let elements = try claims.array("children") else { return [] }
        guard elements.count <= countMax else { throw JSONError(.tooLarge, at: "children") }
        var pupils: [Pupil] = []
        for (index, element) in elements.enumerated() {
            let child = try element.members(path: "children[\(index)]")
            pupils.append(
                Pupil(
                    id: try child.requiredString("id"),
                    givenName: try child.requiredString("given_name"),
                    familyName: try child.requiredString("family_name"),
                    level: try child.optionalString("level").flatMap(Level.init),
                    schoolName: try child.optionalString("school_name") ?? "",
                    ine: try child.optionalString("ine")))
        }
        return pupils
    }
}
