import Flow
import FoundationEssentials
import Store
import Testing

@Suite("How names agree with a guardian of the directory")
struct IdentityMatchTests {
    /// A record, by what the directory says of a person.
    static func guardian(
        _ last: String, _ first: String, born: String? = nil, _ civility: String = "MME",
        birthDate: String? = nil, number: UInt8 = 1
    ) throws -> Guardian {
        Guardian(
            id: try #require(Guardian.ID(bytes: [UInt8](repeating: number, count: 16))),
            sourceKey: "guardian-\(number)",
            account: try #require(Account.ID(bytes: [UInt8](repeating: number, count: 16))),
            civility: civility, lastName: last, firstName: first, birthName: born,
            birthDate: birthDate, updatedAt: Samples.now)
    }

    @Test(
        "as typed in journey B (J-§8.2 no. 6)",
        arguments: [
            ("Durant", "Valéry", IdentityMatch.strong), ("DURANT", "VALERY", .strong),
            ("d’Urant", "Va-léry", .strong),
            // The birth name, and both together.
            ("Le Roy", "Valery", .strong), ("leroy", "valery", .strong),
            ("Durant-Leroy", "Valéry", .weak), ("Durant Le Roy", "Valéry", .weak),
            ("Roy", "Valéry", .weak),
            // One of several first names.
            ("Durant", "Valéry Anne", .weak), ("Durant", "Anne Valéry", .none),
            ("Durant", "Valérie", .none), ("Durand", "Valéry", .none), ("Valéry", "Durant", .none),
            ("", "Valéry", .none), ("Durant", "", .none), ("X", "Valéry", .none),
            ("Durant", "SANS NOM", .none),
        ])
    func typed(_ last: String, _ first: String, _ match: IdentityMatch) throws {
        let guardian = try Self.guardian("DURANT", "Valéry", born: "LE ROY")
        #expect(IdentityMatch.ofTyped(lastName: last, firstName: first, with: guardian) == match)
    }

    @Test(
        "never through what stands for a missing name (domain.md §2.3 rule 8)",
        arguments: ["X", "SANS NOM", ".", "SP", "INCONNU"])
    func placeholders(_ text: String) throws {
        let noFirst = try Self.guardian("DURANT", text)
        let noLast = try Self.guardian(text, "Valéry", born: text)
        #expect(IdentityMatch.ofTyped(lastName: "Durant", firstName: text, with: noFirst) == .none)
        #expect(IdentityMatch.ofTyped(lastName: text, firstName: "Valéry", with: noLast) == .none)
        let names = PivotNames(familyName: text, givenNames: ["Valéry"], givenName: "Valéry")
        #expect(IdentityMatch.ofPivot(names, with: noLast) == .none)
    }

    /// (birth name, name in use, given names, directory's last name, its birth name, match)
    @Test(
        "by any family name that either side knows (rule 3)",
        arguments: [
            ("LE ROY", nil, "LEROY", nil, IdentityMatch.strong),
            ("LE ROY", nil, "DURANT", "LEROY", .strong),
            // The directory knows only the married name.
            ("LE ROY", "DURANT", "DURANT", nil, .strong), ("LE ROY", nil, "DURANT", nil, .none),
            ("LE ROY", nil, "DURANT LE ROY", nil, .weak),
            ("DURANT LE ROY", nil, "LE ROY", nil, .weak),
            ("ROY", nil, "DURANT LEROY", nil, .none),
            ("DURAND", "DURANT", "DUPONT", "FAGOT", .none),
        ] as [(String, String?, String, String?, IdentityMatch)])
    func familyNames(
        _ birth: String, _ used: String?, _ last: String, _ born: String?, _ match: IdentityMatch
    ) throws {
        let names = PivotNames(
            familyName: birth, preferredUsername: used, givenNames: ["Valéry"], givenName: "Valéry")
        let guardian = try Self.guardian(last, "VALERY", born: born)
        #expect(IdentityMatch.ofPivot(names, with: guardian) == match)
    }

    @Test(
        "by the first of the given names (rule 4)",
        arguments: [
            (["Jean", "Philippe", "Arnaud"], "Jean Philippe Arnaud", "JEAN", IdentityMatch.strong),
            (["Jean", "Philippe", "Arnaud"], "Jean Philippe Arnaud", "Philippe", .weak),
            (["Jean", "Philippe", "Arnaud"], "Jean Philippe Arnaud", "Jean-Philippe", .weak),
            (
                ["Jean", "Philippe", "Arnaud"], "Jean Philippe Arnaud", "Jean Philippe Arnaud",
                .weak
            ),
            (["Jean", "Philippe", "Arnaud"], "Jean Philippe Arnaud", "Jean Arnaud", .none),
            (["Jean-Philippe", "Arnaud"], "Jean-Philippe Arnaud", "Jean Philippe", .strong),
            // The list stands, whatever the one text says.
            (["Jean Philippe"], "Jean Philippe", "JEAN", .none),
            (nil, "Jean Philippe Arnaud", "Jean", .strong),
            (nil, "Jean Philippe", "Jeanphilippe", .strong),
            (nil, "Jean-Philippe Arnaud", "Jean Philippe", .strong),
            (nil, "Jean Philippe Arnaud", "Arnaud", .weak), ([], "Jean", "Jean", .strong),
            (["Julie"], "Julie", "Julien", .none), ([""], "", "X", .none),
        ] as [([String]?, String, String, IdentityMatch)])
    func firstNames(
        _ list: [String]?, _ text: String, _ known: String, _ match: IdentityMatch
    ) throws {
        let names = PivotNames(familyName: "Durant", givenNames: list, givenName: text)
        let guardian = try Self.guardian("DURANT", known, "M.")
        #expect(IdentityMatch.ofPivot(names, with: guardian) == match)
    }

    @Test(
        "and less so where title and gender contradict each other (rule 5)",
        arguments: [
            ("female", "M.", IdentityMatch.weak), ("male", "MME", .weak), ("male", "Mlle", .weak),
            ("female", "Mme", .strong), ("male", "m", .strong), ("unspecified", "M.", .strong),
            (nil, "M.", .strong), ("female", "", .strong), ("female", "Docteur", .strong),
        ] as [(String?, String, IdentityMatch)])
    func gender(_ gender: String?, _ civility: String, _ match: IdentityMatch) throws {
        var names = PivotNames(
            familyName: "Durant", givenNames: ["Camille"], givenName: "Camille", gender: gender)
        let guardian = try Self.guardian("DURANT", "Camille", civility)
        #expect(IdentityMatch.ofPivot(names, with: guardian) == match)
        // It refuses nobody by itself.
        names.givenNames = ["Anne", "Camille"]
        #expect(IdentityMatch.ofPivot(names, with: guardian) == .weak)
    }

    @Test("two records are one person while nothing known speaks against it (J-§8.2 no. 7)")
    func onePerson() throws {
        let person = try Self.guardian("DURANT", "Camille", born: "LEROY", birthDate: "1980-05-01")
        let others = [
            (try Self.guardian("Durant", "CAMILLE"), true),
            (try Self.guardian("Durant", "Camille", born: "Le Roy", "Mlle"), true),
            (try Self.guardian("Durant", "Camille", ""), true),
            (try Self.guardian("Durant", "Camille", "M."), false),
            (try Self.guardian("Durant", "Camille", born: "FAGOT"), false),
            (try Self.guardian("Durant", "Camille", birthDate: "1955-05-01"), false),
            (try Self.guardian("LEROY", "Camille"), false),
            (try Self.guardian("Durant", "Camille Anne"), false),
        ]
        for (other, isOne) in others {
            #expect(IdentityMatch.isOnePerson(person, other) == isOne)
            #expect(IdentityMatch.isOnePerson(other, person) == isOne)
        }
    }
}
