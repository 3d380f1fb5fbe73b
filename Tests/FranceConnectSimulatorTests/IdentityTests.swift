import Foundation
import Serving
import Testing
import Tokens

@testable import FranceConnectSimulator

@Suite("An identity of the simulated FranceConnect")
struct IdentityTests {
    private let catalogue: IdentityCatalogue
    private let secret = Secret("secret")

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/FranceConnectSimulator/identities.json")
        catalogue = try IdentityCatalogue(parsing: Array(Data(contentsOf: file)))
    }

    private func identity(_ login: String) throws -> Identity {
        try #require(catalogue.identity(login))
    }

    @Test("signs in by number or login with the password of all, and by nothing else")
    func signIn() throws {
        let person = try identity("guillaume.dupond")
        #expect(catalogue.signIn(person.number, password: "123") == person)
        #expect(catalogue.signIn(person.login, password: "123") == person)
        #expect(catalogue.signIn(person.number, password: "1234") == nil)
        #expect(catalogue.signIn("", password: "123") == nil)
    }

    @Test("is one of FranceConnect's published test identities, or a parent of the demonstration")
    func people() throws {
        for login in [
            "test", "avec_nom_dusage", "nom_composé", "nom_50+_caractères", "carac_speciaux",
            "plusieurs_prénoms_3", "prénom_composé", "caractères_spéciaux", "genre_indéfini",
            "moins_18_ans", "test_CORSE_2A", "test_CORSE_2B", "naissance_Algérie",
            "naissance_polynesie_française", "étranger_présumé_né_jour",
            "étranger_présumé_né_jour_et_mois", "patrick.dupont", "valery.durant", "celine.dupont",
            "christophe.rolland", "guillaume.dupond",
        ] {
            #expect(try identity(login).obstacle == nil, "\(login)")
        }
        for login in ["mois_00", "sans_mail", "sans_genre", "sans_birthplace"] {
            #expect(try identity(login).obstacle == .incompleteIdentity, "\(login)")
        }
        #expect(try identity("nom_50+_caractères").familyName.count > 50)
        #expect(try identity("E010007").obstacle == .onlyWithMaritalName)
    }

    @Test("has names of the register's alphabet, and made-up addresses")
    func alphabet() {
        for identity in catalogue.identities {
            let names = identity.givenNames + [identity.familyName]
            for name in names {
                #expect(name.allSatisfy { $0.isLetter || " -'".contains($0) }, "\(name)")
            }
            #expect(identity.email?.hasSuffix("@example.org") != false)
        }
    }

    @Test(
        "has a birth date whose unknown parts are completed with 01",
        arguments: [
            ("1992-00-00", "1992-01-01"), ("1992-11-00", "1992-11-01"),
            ("1992-11-05", "1992-11-05"),
        ])
    func presumedDates(_ raw: String, _ completed: String) throws {
        #expect(Identity.isBirthdate(raw))
        #expect(try dated(raw).birthdate == completed)
    }

    private func dated(_ raw: String) throws -> Identity {
        let text = """
            {"identities": [{"number": "1", "login": "l", "note": "n", "given_names": ["A"],
             "family_name": "B", "gender": "female", "birthdate": "\(raw)", "birthplace": "75107",
             "birthcountry": "99100", "email": "a@example.org"}]}
            """
        return try #require(try IdentityCatalogue(parsing: Array(text.utf8)).identity("l"))
    }

    @Test(
        "has no birth date of another shape",
        arguments: [
            "1977-00-03", "1977-13-01", "1977-01-32", "1977-1-01", "77-01-01", "1977-01", "",
            "1977-01-0١", "1977/01/01",
        ])
    func wrongDates(_ raw: String) {
        #expect(!Identity.isBirthdate(raw))
    }

    @Test("is presented as pages greet (J-A-05)")
    func greeting() throws {
        let dupond = try identity("guillaume.dupond")
        #expect(dupond.displayName == "M. Guillaume Dupond")
        #expect(dupond.displayBirth == "né le 10/10/1965.")
        let durant = try identity("valery.durant")
        #expect(durant.displayName == "Mme Valéry DURANT")
        #expect(durant.displayBirth.hasPrefix("née le "))
        #expect(try identity("genre_indéfini").displayName == "Dominique LAMBERT")
    }

    @Test("has a subject by organisation, which an amended civil status changes")
    func subject() throws {
        let person = try identity("test")
        let subject = person.subject(entity: "ecole", secret: secret)
        #expect(subject.wholeMatch(of: /[0-9a-f]{64}v1/) != nil)
        #expect(person.subject(entity: "ecole", secret: secret) == subject)
        #expect(person.subject(entity: "mairie", secret: secret) != subject)
        #expect(person.subject(entity: "ecole", secret: Secret("other")) != subject)
        #expect(person.amended.subject(entity: "ecole", secret: secret) != subject)
        let all = Set(
            catalogue.identities.filter { $0.obstacle == nil }.map {
                $0.subject(entity: "ecole", secret: secret)
            })
        // The father under his birth name is another person to the register; nobody is two.
        #expect(all.count == catalogue.identities.count { $0.obstacle == nil })
    }

    @Test("is the same person whatever address or usage name the identity provider has")
    func pivot() throws {
        let text = """
            {"identities": [
              {"number": "1", "login": "a", "note": "n", "given_names": ["A"], "family_name": "B",
               "gender": "female", "birthdate": "1980-01-01", "birthplace": "75107",
               "birthcountry": "99100", "email": "a@example.org"},
              {"number": "2", "login": "b", "note": "n", "given_names": ["A"], "family_name": "B",
               "preferred_username": "C", "gender": "female", "birthdate": "1980-01-01",
               "birthplace": "75107", "birthcountry": "99100", "email": "b@example.org"}]}
            """
        let both = try IdentityCatalogue(parsing: Array(text.utf8)).identities
        let subjects = Set(both.map { $0.subject(entity: "ecole", secret: secret) })
        #expect(subjects.count == 1)
    }

    @Test("releases the usage name by `profile`, and not by `identite_pivot`")
    func usageName() throws {
        let person = try identity("avec_nom_dusage")
        func claims(_ scope: String) throws -> [String: JSON] {
            ReleasedClaims.claims(
                of: person, for: try #require(Scope(scope)), identityProvider: "impots")
        }
        #expect(try claims("openid profile")["preferred_username"] == "DUBOIS")
        let pivot = try claims("openid identite_pivot")
        #expect(pivot["preferred_username"] == nil)
        #expect(pivot["family_name"] == "MERCIER")
        #expect(try claims("openid").isEmpty)
        #expect(ReleasedClaims.all.isDisjoint(with: ["email_verified", "phone_number", "address"]))
    }
}
