import FoundationEssentials
import Testing

@testable import Tokens

@Suite("What a client learns of a parent")
struct UserClaimsTests {
    static func parent() -> UserClaims {
        var claims = UserClaims(subject: "pairwise-1")
        claims.givenName = "Céline"
        claims.familyName = "DUPONT"
        claims.preferredUsername = "celine.dupont114"
        claims.locale = "fr-FR"
        claims.zoneinfo = "Europe/Paris"
        claims.updatedAt = someDay
        claims.email = "celine.dupont@example.org"
        claims.emailVerified = true
        claims.phoneNumber = "+33639980001"
        claims.phoneNumberVerified = false
        claims.address = PostalAddress(locality: "Rennes", postalCode: "35000", country: "FR")
        claims.children = [
            ChildClaim(
                id: "child-1", givenName: "Léa", familyName: "DUPONT", level: "CP", uai: "0350001A",
                schoolName: "Ecole élémentaire CHARLEMAGNE", birthdate: "2019-05-04",
                ine: "123456789AB")
        ]
        claims.educonnect = EduConnectClaims(
            id: "0a1b", affiliations: ["resp1d"], referenceIDs: ["{AAF}RENNES|1|2"],
            connectedAt: "2026-11-21 11:00:00.000", civility: "Mme")
        return claims
    }

    static let everything = "openid profile email phone address scolarite educonnect"

    @Test("is this, with all scopes and entitlements (design D10)")
    func golden() throws {
        let json = Self.parent().userInfo(
            for: try #require(Scope(Self.everything)), entitlements: [.birthdate, .ine])
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"sub":"pairwise-1","name":"Céline DUPONT","given_name":"Céline","family_name":"DUPONT","#
                + #""preferred_username":"celine.dupont114","zoneinfo":"Europe/Paris","locale":"fr-FR","#
                + #""updated_at":1795255200,"email":"celine.dupont@example.org","email_verified":true,"#
                + #""phone_number":"+33639980001","phone_number_verified":false,"#
                + #""address":{"country":"FR","locality":"Rennes","postal_code":"35000"},"#
                + #""children":[{"birthdate":"2019-05-04","family_name":"DUPONT","given_name":"Léa","id":"child-1","#
                + #""ine":"123456789AB","level":"CP","school_name":"Ecole élémentaire CHARLEMAGNE","uai":"0350001A"}],"#
                + #""FrEduCtId":"0a1b","FrEduCtPersonAffiliation":["resp1d"],"FrEduCtRefId":["{AAF}RENNES|1|2"],"#
                + #""FrEduCtDateConnexion":"2026-11-21 11:00:00.000","FrEduOrigAuth":"ECT","civility":"Mme"}"#
        )
    }

    /// SR-34: pupils' data never in tokens unless registered.
    @Test("is released scope by scope, a child's birth date and number only to clients entitled")
    func leastData() throws {
        let parent = Self.parent()
        func names(_ scope: String, _ requested: Set<String> = []) throws -> [String] {
            parent.claims(for: try #require(Scope(scope)), requested: requested).keys.sorted()
        }
        #expect(try names("openid").isEmpty)
        #expect(try names("email") == ["email", "email_verified"])
        #expect(try names("phone") == ["phone_number", "phone_number_verified"])
        #expect(try names("scolarite") == ["children"])
        #expect(try names("openid", ["name", "unknown", "sub"]) == ["name"])
        let scope = try #require(Scope("scolarite"))
        func child(_ entitlements: Set<UserClaims.Entitlement>) -> [String] {
            guard
                case .array(let children) = parent.claims(for: scope, entitlements: entitlements)[
                    "children"],
                case .object(let child) = children.first
            else { return [] }
            return child.keys.sorted()
        }
        let always = ["family_name", "given_name", "id", "level", "school_name", "uai"]
        #expect(child([]) == always)
        #expect(child([.birthdate]) == ["birthdate"] + always)
        #expect(
            child([.ine]) == [
                "family_name", "given_name", "id", "ine", "level", "school_name", "uai",
            ])
    }

    /// conformance.md §9
    @Test("leaves out what has no value, but not an empty list of children")
    func absent() throws {
        var claims = UserClaims(subject: "s")
        claims.givenName = ""
        claims.nickname = " \u{a0}"
        claims.address = PostalAddress()
        claims.educonnect = EduConnectClaims()
        let json = claims.userInfo(for: try #require(Scope(Self.everything)))
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"sub":"s","children":[],"FrEduOrigAuth":"ECT"}"#)
    }

    @Test("covers all of Core §5.4's claims of profile, and every listed claim can be released")
    func table() throws {
        #expect(
            Set(UserClaims.names(for: "profile")) == [
                "name", "family_name", "given_name", "middle_name", "nickname",
                "preferred_username",
                "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale",
                "updated_at",
            ])
        #expect(UserClaims.names(for: "openid").isEmpty)
        var all = Self.parent()
        all.middleName = "m"
        all.nickname = "n"
        all.profile = "https://e.example/p"
        all.picture = "https://e.example/i"
        all.website = "https://e.example/"
        all.gender = "female"
        all.birthdate = "1985-01-31"
        let released = all.claims(for: try #require(Scope(Self.everything)))
        #expect(Set(released.keys) == Set(UserClaims.supportedNames))
        #expect(UserClaims.supportedNames.count == Set(UserClaims.supportedNames).count)
    }
}
