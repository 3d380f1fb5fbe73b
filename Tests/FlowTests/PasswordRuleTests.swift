import Flow
import Testing

@Suite("The rule of an own password")
struct PasswordRuleTests {
    static let context = PasswordContext(
        identifier: "v.durant1", names: ["DURANT", "Valéry", "DURAND", "Alexis", "Léa-Rose"],
        birthDates: ["2010-10-03", "2012-02-29"])

    @Test(
        "of the educonnect profile: 8 to 14 unaccented letters and digits, one of each (J-F-03, J-B-25)",
        arguments: [
            ("k7wqzp4x", true), ("K7WQZP4X", true), ("k7wqzp4xk7wqzp", true), ("1234567k", true),
            ("k7wqzp4", false), ("k7wqzp4xk7wqzp4", false), ("kwqzpxrt", false),
            ("71846395", false), ("k7wqzp4é", false), ("k7 wqzp4", false), ("k7-wqzp4", false),
            ("k7wqzp4\u{301}", false), ("k７wqzpxr", false), ("", false), ("k7wqzp4x\n", false),
        ])
    func educonnect(_ password: String, _ isKept: Bool) {
        #expect(PasswordRule.educonnect.isKept(by: password) == isKept)
    }

    @Test(
        "of the modern profile: 12 to 128 characters of any kind (SR-42)",
        arguments: [
            ("correct cheval batterie", true), ("àéîõü ñ🙂🙂🙂xy", true), ("kwqzpxrtmnbv", true),
            ("kwqzpxrtmnb", false), (String(repeating: "k", count: 128), true),
            (String(repeating: "k", count: 129), false),
            (String(repeating: "🙂", count: 128), true),
        ])
    func modern(_ password: String, _ isKept: Bool) {
        #expect(PasswordRule.modern.isKept(by: password) == isKept)
    }

    @Test("is said in the words of the screens (J-C-17)")
    func hints() {
        #expect(
            PasswordRule.educonnect.longHint == """
                La valeur du champ "Nouveau mot de passe" doit comporter entre 8 et 14 caractères \
                (uniquement chiffres et lettres non accentuées, minuscules ou majuscules, au moins un \
                chiffre et une lettre).
                """)
        #expect(
            PasswordRule.educonnect.shortHint
                == "8 caractères minimum, 14 caractères maximum, chiffres ET lettres obligatoires")
        #expect(PasswordRule.modern.longHint.hasSuffix("entre 12 et 128 caractères."))
        #expect(
            PasswordRule.modern.shortHint == "12 caractères minimum, 128 caractères maximum")
    }

    @Test(
        "refuses what everybody chooses (SR-43)",
        arguments: """
            password1 Password1 passw0rd p4ssw0rd1 password123 motdepasse1 azerty123 azerty12
            azertyuiop1 Azerty1234 qwerty123 qwertyuiop1 1qaz2wsx 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1a2z3e4r
            1a2z3e4r5t a1b2c3d4 abcd1234 abc12345 abcdef123 123456ab 12345678a a12345678 123456789a
            1234567a a123456789 aa123456 aaaa1111 a1111111 000000aa 11111111a soleil2024 soleil123
            doudou59 doudou123 doudoudoudou1 loulou12 loulou06 chouchou1 chouchou13 bonjour1 bonjour123
            marseille13 marseille1 jetaime1 jetaime123 monamour1 iloveyou1 iloveyou2 princesse1
            princess1 sunshine1 football1 football10 baseball1 superman1 batman123 pokemon1 starwars1
            michael1 jordan23 charlie1 daniel12 jessica1 ashley12 thomas2005 nicolas75 nicolas1 julien33
            camille2001 alexandre1 stephanie1 sebastien1 isabelle1 vacances2023 Noel2023 decembre12
            janvier2020 Ete2024x trustno1 letmein1 welcome1 admin123 admin2024 dragon12 monkey123
            shadow12 master123 liverpool1 chelsea1 barcelona1 juventus1 parisien75 psg75000 om131313
            wxcvbn123 qsdfgh123 qsdfghjklm1 poiuytreza1 654321aa 987654321a 147258369a 123654789a
            toto1234 titi2000 tata1212 test1234 testtest1 secret123 coucou123 poupette1 papillon1
            nounours1 france98 france2018 bretagne29 portugal1 algerie213 maman123 papa1234 famille4
            merde123 fuckyou1 N1c0las1 s0leil24 M0tdepasse1 abcdefg1 ecole2024 ecole123 college1
            educonnect1 Educonnect24 12051980a 010203ab lielos12 1azerty1 azeqsdwxc1 zidane10 mbappe10
            """.split { $0 == " " || $0 == "\n" }.map(String.init))
    func common(_ password: String) {
        #expect(PasswordRule.educonnect.isKept(by: password))
        #expect(
            [.common, .personal].contains(
                PasswordRule.educonnect.problem(of: password, context: Self.context)))
    }

    @Test(
        "refuses them in their longer forms too",
        arguments: [
            "motdepasse12345", "azertyuiop123", "Motdepasse2024!", "passwordpassword",
            "aaaaaaaaaaaaaaaa", "123456789012", "qwertyuiop[]", "soleil2024!!!", "P@ssw0rd2024!",
            "jetaimejetaime", "abcdefghijkl", "educonnect2024",
        ])
    func commonModern(_ password: String) {
        #expect(PasswordRule.modern.isKept(by: password))
        #expect(PasswordRule.modern.problem(of: password, context: Self.context) != nil)
    }

    @Test(
        "refuses what others know of this person, which is good for another (SR-43)",
        arguments: [
            "vdurant1", "durant2024", "Durant12", "valery1234", "alexis2010", "Alexis0310",
            "alexis03102010", "lea03102010", "learose2012", "03102010alex", "durand290212",
            "durantvalery1", "ecole739154",
        ])
    func personal(_ password: String) {
        #expect(PasswordRule.educonnect.isKept(by: password))
        #expect(PasswordRule.educonnect.problem(of: password, context: Self.context) != nil)
    }

    @Test("tells common ones from personal ones")
    func problems() {
        let rule = PasswordRule.educonnect
        #expect(rule.problem(of: "court1", context: Self.context) == .rule)
        #expect(rule.problem(of: "soleil2024", context: Self.context) == .common)
        let stranger = PasswordContext(identifier: "m.fagot", names: ["FAGOT"], birthDates: [])
        #expect(rule.problem(of: "durant739154", context: Self.context) == .personal)
        #expect(rule.problem(of: "durant739154", context: stranger) == nil)
    }

    @Test(
        "takes what nobody guesses early",
        arguments: [
            "k7wqzp4x", "Tr4mzovub", "kT7pX9qZ", "zebu48giroflee", "7391846k", "mixdro73",
            "aqzp7391",
            "loupJv4dTq", "BUNZ57DM",
        ])
    func good(_ password: String) {
        #expect(PasswordRule.educonnect.problem(of: password, context: Self.context) == nil)
    }

    @Test(
        "takes phrases where the profile has room for them",
        arguments: [
            "correct cheval batterie agrafe", "le chat mange la tarte", "🙂 un rire en hiver",
        ])
    func phrases(_ password: String) {
        #expect(PasswordRule.modern.problem(of: password, context: Self.context) == nil)
    }
}
