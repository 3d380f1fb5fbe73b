import FoundationEssentials

extension UserClaims {
    /// Scope → claims: the one table. Discovery, consent and UserInfo all read it.
    private static let table: [(scope: String, claims: [String])] = [
        (
            "profile",
            [
                "name", "given_name", "family_name", "middle_name", "nickname",
                "preferred_username", "profile", "picture", "website", "gender", "birthdate",
                "zoneinfo", "locale", "updated_at",
            ]
        ),
        ("email", ["email", "email_verified"]),
        ("phone", ["phone_number", "phone_number_verified"]),
        ("address", ["address"]),
        ("scolarite", ["children"]),
        (
            "educonnect",
            [
                "FrEduCtId", "FrEduCtPersonAffiliation", "FrEduCtRefId", "FrEduCtDateConnexion",
                "FrEduOrigAuth", "civility",
            ]
        ),
    ]

    /// The scopes that release claims.
    public static var scopes: [String] { table.map(\.scope) }

    /// The claims that a scope asks for, in the order they are written.
    public static func names(for scope: String) -> [String] {
        table.first { $0.scope == scope }?.claims ?? []
    }

    /// All claims of all scopes.
    public static var supportedNames: [String] { table.flatMap(\.claims) }

    /// The claims of these scopes and those asked for by name, as JSON members; `sub` isn't among
    /// them. Values that are missing, empty or blank are left out.
    public func claims(
        for scope: Scope, requested: Set<String> = [], entitlements: Set<Entitlement> = []
    ) -> [String: JSON] {
        let released = released(scope, requested, entitlements)
        return Dictionary(released, uniquingKeysWith: { first, _ in first })
    }

    /// The UserInfo answer: `sub` and the claims, in a fixed order.
    public func userInfo(
        for scope: Scope, requested: Set<String> = [], entitlements: Set<Entitlement> = []
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("sub", subject)
            for (name, value) in released(scope, requested, entitlements) {
                writer.member(name, value)
            }
        }
        return writer.bytes
    }

    func released(
        _ scope: Scope, _ requested: Set<String>, _ entitlements: Set<Entitlement>
    ) -> [(String, JSON)] {
        var released: [(String, JSON)] = []
        for (name, claims) in UserClaims.table {
            let isGranted = scope.contains(name)
            for claim in claims where isGranted || requested.contains(claim) {
                if let value = value(of: claim, entitlements) { released.append((claim, value)) }
            }
        }
        return released
    }

    private func value(of claim: String, _ entitlements: Set<Entitlement>) -> JSON? {
        switch claim {
        case "name": text(name ?? [givenName, familyName].compactMap { $0 }.joined(separator: " "))
        case "given_name": text(givenName)
        case "family_name": text(familyName)
        case "middle_name": text(middleName)
        case "nickname": text(nickname)
        case "preferred_username": text(preferredUsername)
        case "profile": text(profile)
        case "picture": text(picture)
        case "website": text(website)
        case "gender": text(gender)
        case "birthdate": text(birthdate)
        case "zoneinfo": text(zoneinfo)
        case "locale": text(locale)
        case "updated_at": updatedAt.map { .integer($0.epochSeconds) }
        case "email": text(email)
        case "email_verified": text(email).map { _ in .bool(emailVerified) }
        case "phone_number": text(phoneNumber)
        case "phone_number_verified": text(phoneNumber).map { _ in .bool(phoneNumberVerified) }
        case "address": address.flatMap(\.json)
        // No child is an answer too: the client must be able to tell it from a claim that it can't
        // see.
        case "children": .array(children.map { $0.json(entitlements) })
        case "FrEduCtId": text(educonnect?.id)
        case "FrEduCtPersonAffiliation": list(educonnect?.affiliations)
        case "FrEduCtRefId": list(educonnect?.referenceIDs)
        case "FrEduCtDateConnexion": text(educonnect?.connectedAt)
        case "FrEduOrigAuth": educonnect.map { _ in "ECT" }
        case "civility": text(educonnect?.civility)
        default: nil
        }
    }

    private func text(_ text: String?) -> JSON? {
        guard let text, text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            return nil
        }
        return .string(text)
    }

    private func list(_ texts: [String]?) -> JSON? {
        guard let texts, !texts.isEmpty else { return nil }
        return .strings(texts)
    }
}

extension PostalAddress {
    /// Nil when nothing is known.
    var json: JSON? {
        let parts = [
            ("formatted", formatted), ("street_address", streetAddress), ("locality", locality),
            ("region", region), ("postal_code", postalCode), ("country", country),
        ]
        var members: [String: JSON] = [:]
        for case (let name, let text?) in parts where !text.isEmpty {
            members[name] = .string(text)
        }
        return members.isEmpty ? nil : .object(members)
    }
}

extension ChildClaim {
    func json(_ entitlements: Set<UserClaims.Entitlement>) -> JSON {
        var members: [String: JSON] = [
            "id": .string(id), "given_name": .string(givenName),
            "family_name": .string(familyName), "level": .string(level), "uai": .string(uai),
            "school_name": .string(schoolName),
        ]
        if entitlements.contains(.birthdate), let birthdate {
            members["birthdate"] = .string(birthdate)
        }
        if entitlements.contains(.ine), let ine { members["ine"] = .string(ine) }
        return .object(members)
    }
}
