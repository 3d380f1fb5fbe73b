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
             "family_name":"DUBOIS","preferred_username":"","gender":"female","sub":"x","aud":"y"}
            """#)
        #expect(person.givenName == "Angela Claire Louise")
        #expect(person.givenNameArray == ["Angela", "Claire", "Louise"])
        #expect(person.familyName == "DUBOIS")
        #expect(person.preferredUsername == nil)
        #expect(person.gender == .female)
    }

    @Test("may hold nothing at all, and takes an empty text for nothing")
    func empty() throws {
        let nothing = try read("{}")
        #expect(nothing.familyName == nil && nothing.givenNameArray.isEmpty)
        let empty = try read(
            #"""
            {"given_name":"","given_name_array":[""],"family_name":"","preferred_username":"",
             "gender":""}
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
        #expect(person.givenNameArray.isEmpty)
        #expect(person.familyName == family)
    }

    @Test("knows a usage name beside the name at birth")
    func usageName() throws {
        let person = try read(#"{"family_name":"MERCIER","preferred_username":"DUBOIS"}"#)
        #expect(person.familyName == "MERCIER" && person.preferredUsername == "DUBOIS")
    }

    /// A birth date, say, that makes no sense is no reason to turn a parent away.
    @Test("reads no claim that no school's record can be compared with (RGPD article 5)")
    func others() throws {
        let named = try read(#"{"family_name":"DUBOIS"}"#)
        #expect(
            try read(
                #"""
                {"family_name":"DUBOIS","birthdate":"1992-13-01","idp_birthdate":7,
                 "birthplace":"?","birthcountry":[],"email":"nobody"}
                """#) == named)
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
            "given_name", "given_name_array", "family_name", "preferred_username", "gender",
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
    }
}
