import Tokens

/// Which claims of a person a scope releases at UserInfo, as FranceConnect v2 has it: no telephone
/// number and no address, and the usage name not with `identite_pivot`.
enum ReleasedClaims {
    private static let pivot: Set = [
        "given_name", "given_name_array", "family_name", "birthdate", "gender",
    ]

    private static let byScope: [String: Set<String>] = [
        "openid": [],
        "profile": pivot.union(["preferred_username"]),
        "birth": ["birthplace", "birthcountry"],
        "identite_pivot": pivot.union(["birthplace", "birthcountry"]),
        "email": ["email"],
        "gender": ["gender"],
        "birthdate": ["birthdate"],
        "birthcountry": ["birthcountry"],
        "birthplace": ["birthplace"],
        "given_name": ["given_name", "given_name_array"],
        "family_name": ["family_name"],
        "preferred_username": ["preferred_username"],
        "idp_birthdate": ["idp_birthdate"],
        "idp_id": ["idp_id"],
        // In the ID token.
        "amr": [],
    ]

    static let knownScopes = Set(byScope.keys)

    static let all = byScope.values.reduce(into: Set()) { $0.formUnion($1) }

    /// The names of the claims.
    static func names(for scope: Scope) -> Set<String> {
        scope.values.reduce(into: []) { $0.formUnion(byScope[$1] ?? []) }
    }

    /// The claims of a person without `sub`. The address comes without `email_verified`: nobody has
    /// verified it.
    static func claims(
        of identity: Identity, for scope: Scope, identityProvider: String
    ) -> [String: JSON] {
        var claims: [String: JSON] = [
            // By spaces: who reads it can't tell three names from a compound one.
            "given_name": .string(identity.givenNames.joined(separator: " ")),
            "given_name_array": .array(identity.givenNames.map(JSON.string)),
            "family_name": .string(identity.familyName),
            "birthdate": .string(identity.birthdate),
            "idp_birthdate": .string(identity.rawBirthdate),
            "gender": .string(identity.gender),
            "birthplace": .string(identity.birthplace ?? ""),
            "birthcountry": .string(identity.birthcountry),
            "idp_id": .string(identityProvider),
        ]
        if let name = identity.preferredUsername { claims["preferred_username"] = .string(name) }
        if let email = identity.email { claims["email"] = .string(email) }
        let released = names(for: scope)
        return claims.filter { released.contains($0.key) }
    }

    /// What the information page calls them, in its order.
    private static let words: [(name: String, words: String)] = [
        ("given_name", "Prénoms"), ("family_name", "Nom de naissance"),
        ("preferred_username", "Nom d'usage"), ("gender", "Sexe"),
        ("birthdate", "Date de naissance"), ("birthplace", "Lieu de naissance"),
        ("birthcountry", "Pays de naissance"), ("email", "Adresse électronique"),
    ]

    static func words(for scope: Scope) -> [String] {
        let released = names(for: scope)
        return words.filter { released.contains($0.name) }.map(\.words)
    }
}
