import Store
import Testing

@Suite("A name in the form in which names are compared")
struct PersonNameTests {
    @Test(
        "makes no difference of accents, case, hyphens, apostrophes and spaces",
        arguments: [
            ("Léa", "LEA"), ("Le\u{301}a", "Léa"), ("Marie-Claude", "marie claude"),
            ("D'Almeida", "DALMEIDA"), ("D’Almeida", "D ALMEIDA"), ("Le Roy", "LEROY"),
            ("EL HADJ", "Elhadj"), ("  Jean \u{A0} Philippe ", "JEAN-PHILIPPE"),
            ("Œuvrard", "OEUVRARD"), ("Lætitia", "LAETITIA"), ("Weiß", "WEISS"),
            ("Søren", "SOREN"), ("Łukasz", "LUKASZ"), ("Đặng", "DANG"), ("Þór", "THOR"),
            ("Işıl", "ISIL"), ("Nuñez", "NUNEZ"), ("Ｄｕｐｏｎｔ", "DUPONT"), ("ﬁfi", "FIFI"),
            ("St Martin", "Saint-Martin"), ("STE MARIE", "Sainte Marie"), ("J.-P.", "J P"),
            ("Dupont\u{AD}", "Dupont"), ("van_der_Berg", "Van der Berg"), ("Ελένη", "ΕΛΈΝΗ"),
            ("ɵ", "Ɵ"),
        ])
    func same(_ one: String, _ other: String) throws {
        let (one, other) = (try #require(PersonName(one)), try #require(PersonName(other)))
        #expect(one == other)
        #expect(Set([one]).contains(other))
    }

    @Test(
        "tells names apart that differ by a letter: members of a family do",
        arguments: [
            ("Louis", "Louise"), ("Julien", "Julie"), ("Dupont", "Dupond"), ("Martin", "Marin"),
            ("Maelle", "Mael"), ("Stan", "Saintan"),
        ])
    func different(_ one: String, _ other: String) throws {
        let (one, other) = (try #require(PersonName(one)), try #require(PersonName(other)))
        #expect(one != other)
    }

    @Test(
        "is missing where a register says that it knows none",
        arguments: [
            "", " ", ".", "-", "X", "x", "SP", "s.p", "SANS NOM", "Sans nom", "sans-prénom",
            "INCONNU", "Inconnue", "1234", "\u{301}", "\u{200B}",
            String(repeating: "a", count: 801),
        ])
    func missing(_ text: String) {
        #expect(PersonName(text) == nil)
    }

    @Test("keeps its words apart in one form and joins them in the other")
    func forms() throws {
        let name = try #require(PersonName("Martin  d’Aubigné"))
        #expect(name.spaced == "MARTIN D AUBIGNE")
        #expect(name.squeezed == "MARTINDAUBIGNE")
        #expect(name.words == ["MARTIN", "D", "AUBIGNE"])
    }

    @Test(
        "gives an identifier the letters a to z (J-F-01)",
        arguments: [
            ("D’Almeida-Gonçalves", "dalmeidagoncalves"), ("Éléonore", "eleonore"),
            ("de Sœil 2", "desoeil"), ("Ван", ""), ("ÿÏ", "yi"), ("st martin", "stmartin"),
        ])
    func identifier(_ text: String, _ letters: String) {
        #expect(PersonName.identifierLetters(text) == letters)
    }
}
