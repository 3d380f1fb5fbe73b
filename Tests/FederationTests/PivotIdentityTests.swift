import Foundation
import Testing
import Tokens

@testable import Federation

@Suite("A pivot identity")
struct PivotIdentityTests {
    private func read(_ text: String) throws -> PivotIdentity {
        try PivotIdentity(JSON(parsing: text).members())
    }

    private func refused(_ text: String) throws -> String? {
        let claims = try JSON(parsing: text).members()
        do throws(FederationError) {
            _ = try PivotIdentity(claims)
            return nil
        } catch {
            guard case .pivotIdentity(let claim) = error else { return "another error" }
            return claim
        }
    }

    @Test("is read as it came, whole")
    func whole() throws {
        let person = try read(
            #"""
            {"given_name":"Angela Claire Louise","given_name_array":["Angela","Claire","Louise"],
             "family_name":"DUBOIS","preferred_username":"","birthdate":"1962-08-24",
             "idp_birthdate":"1962-08-24","gender":"female","birthplace":"75107",
             "birthcountry":"99100","email":"angela@example.org","sub":"x","aud":"y"}
            """#)
        #expect(person.givenName == "Angela Claire Louise")
        #expect(person.givenNameArray == ["Angela", "Claire", "Louise"])
        #expect(person.givenNames == ["Angela", "Claire", "Louise"])
        #expect(person.familyName == "DUBOIS")
        #expect(person.preferredUsername == nil)
        #expect(person.birthdate?.text == "1962-08-24")
        #expect(person.idpBirthdate == person.birthdate)
        #expect(person.gender == .female)
        #expect(person.birthplace == "75107")
        #expect(person.birthcountry == "99100")
        #expect(person.email == "angela@example.org")
    }

    @Test("may hold nothing at all, and takes an empty text for nothing")
    func empty() throws {
        let nothing = try read("{}")
        #expect(nothing.familyName == nil && nothing.givenNames.isEmpty)
        let empty = try read(
            #"""
            {"given_name":"","given_name_array":[""],"family_name":"","preferred_username":"",
             "birthdate":"","idp_birthdate":"","gender":"","birthplace":"","birthcountry":"",
             "email":""}
            """#)
        #expect(empty == nothing)
    }

    /// FranceConnect's published test identities.
    @Test(
        "keeps each spelling of a name, and splits none",
        arguments: [
            ("Jean Philippe Arnaud", "DUBOIS"), ("Anne-Laure", "HUCHE"),
            ("Joëlle Françoise", "DUBINÔRE"), ("Pierre", "TROIS-DUPRE"), ("Ò Œuvre Æ", "D'ÀÉÙ"),
            ("X", String(repeating: "LONG ", count: 12) + "NOM"),
        ])
    func names(_ given: String, _ family: String) throws {
        let person = try PivotIdentity(
            JSONMembers(["given_name": .string(given), "family_name": .string(family)]))
        #expect(person.givenName == given)
        #expect(person.givenNames == [given])
        #expect(person.familyName == family)
    }

    @Test("knows a usage name beside the name at birth")
    func usageName() throws {
        let person = try read(#"{"family_name":"MERCIER","preferred_username":"DUBOIS"}"#)
        #expect(person.familyName == "MERCIER" && person.preferredUsername == "DUBOIS")
    }

    @Test("knows presumed birth dates: no day, or neither day nor month")
    func presumed() throws {
        let day = try #require(
            try read(#"{"birthdate":"1992-11-01","idp_birthdate":"1992-11-00"}"#).idpBirthdate)
        #expect(day.year == 1992 && day.month == 11 && day.day == nil && day.text == "1992-11-00")
        let both = try #require(try read(#"{"idp_birthdate":"1992-00-00"}"#).idpBirthdate)
        #expect(both.month == nil && both.day == nil && both.text == "1992-00-00")
    }

    @Test(
        "refuses a birth date that is none",
        arguments: [
            "1977-00-03", "1992-13-01", "1992-02-30", "1991-02-29", "1900-02-29", "1992-04-31",
            "92-01-01", "1992-1-1", "1992/01/01", "1992-01-01T00:00", "0000-01-01", "9999-01-01",
            "1992-01-0x", "١٩٩٢-٠١-٠١", "1992", "-992-01-01", "+992-01-01",
        ])
    func birthdate(_ text: String) throws {
        for claim in ["birthdate", "idp_birthdate"] {
            #expect(try refused("{\"\(claim)\":\"\(text)\"}") == claim)
        }
        #expect(BirthDate("2000-02-29") != nil)
        #expect(BirthDate("1992-02-29") != nil)
    }

    @Test("knows Corsica, overseas and those born abroad")
    func birthplaces() throws {
        for place in ["2A004", "2B002", "97411", "98729", "75107", "01001"] {
            #expect(try read("{\"birthplace\":\"\(place)\"}").birthplace == place)
        }
        for place in ["2C001", "2a004", "7510", "751070", "A2004", "75 07", "2AB04", "٧٥١٠٧"] {
            #expect(try refused("{\"birthplace\":\"\(place)\"}") == "birthplace")
        }
        let abroad = try read(#"{"birthplace":"","birthcountry":"99352"}"#)
        #expect(abroad.birthplace == nil && abroad.birthcountry == "99352")
        for country in ["FR", "00100", "9935", "993520", "99é1"] {
            #expect(try refused("{\"birthcountry\":\"\(country)\"}") == "birthcountry")
        }
    }

    @Test("knows a gender that nobody has specified, and no other words")
    func genders() throws {
        #expect(try read(#"{"gender":"unspecified"}"#).gender == .unspecified)
        #expect(try read(#"{"gender":"male"}"#).gender == .male)
        for gender in ["F", "Male", "other"] {
            #expect(try refused("{\"gender\":\"\(gender)\"}") == "gender")
        }
    }

    @Test(
        "refuses a claim of another type",
        arguments: [
            "given_name", "given_name_array", "family_name", "preferred_username", "birthdate",
            "idp_birthdate", "gender", "birthplace", "birthcountry", "email",
        ])
    func types(_ claim: String) throws {
        for value in ["null", "1", "true", "{}", "[1]", "[[]]", "1.5"] {
            #expect(try refused("{\"\(claim)\":\(value)}") == claim, "\(value)")
        }
        let other = claim == "given_name_array" ? "\"DUBOIS\"" : "[\"DUBOIS\"]"
        #expect(try refused("{\"\(claim)\":\(other)}") == claim)
    }

    @Test("refuses names too long, too many, without a letter, or with what can't be seen")
    func nonsense() throws {
        let long = String(repeating: "A", count: 257)
        #expect(try refused("{\"family_name\":\"\(long)\"}") == "family_name")
        #expect(try refused("{\"given_name_array\":[\"\(long)\"]}") == "given_name_array")
        let endless = String(repeating: "A ", count: 600)
        #expect(try refused("{\"given_name\":\"\(endless)\"}") == "given_name")
        let many = Array(repeating: "\"A\"", count: 33).joined(separator: ",")
        #expect(try refused("{\"given_name_array\":[\(many)]}") == "given_name_array")
        for text in [
            "A\\u0007", "A\\nB", "A\\u202eB", "A\\u200bB", "A\\u2028B", "\\ue000A", "12", " ", "--",
        ] {
            #expect(try refused("{\"family_name\":\"\(text)\"}") == "family_name", "\(text)")
        }
        #expect(try refused("{\"email\":\"\(String(repeating: "a", count: 254))@\"}") == "email")
        #expect(try refused(#"{"email":"nobody"}"#) == "email")
    }
}
