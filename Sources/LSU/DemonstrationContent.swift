/// What stands in a demonstration document: made up from its identifier alone, so that it is always
/// the same.
struct DemonstrationContent: Sendable {
    struct Domain: Sendable, Equatable {
        let name: String
        let elements: String
        let appreciation: String
        let position: String
    }

    private let report: Report

    init(_ report: Report) { self.report = report }

    var domains: [Domain] {
        subjects.map { name, elements in
            Domain(
                name: name, elements: elements, appreciation: pick(Self.appreciations, name),
                position: pick(Self.positions, name))
        }
    }

    var components: [(name: String, mastery: String)] {
        Self.componentNames.map { ($0, pick(Self.masteries, $0)) }
    }

    var synthesis: String { pick(Self.syntheses, "synthèse") }

    private var subjects: [(String, String)] {
        switch report.level.cycle {
        case .first, .second: Self.secondCycle
        case .third, .fourth: Self.laterCycles
        }
    }

    /// Chosen by FNV-1a, which needs no seed and is the same on every machine.
    private func pick(_ texts: [String], _ salt: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (report.id + salt).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return texts.isEmpty ? "" : texts[Int((hash >> 16) % UInt64(texts.count))]
    }

    private static let positions = [
        "Partiellement atteints", "Atteints", "Atteints", "Atteints", "Dépassés",
    ]

    private static let appreciations = [
        "Des progrès réguliers\u{A0}: les efforts sont à poursuivre.",
        "De bonnes connaissances, un travail soigné.",
        "Participe volontiers et écoute les autres.",
        "Doit relire plus attentivement son travail.",
        "Très bonne maîtrise, élève autonome.",
    ]

    private static let masteries = [
        "Maîtrise fragile", "Maîtrise satisfaisante", "Maîtrise satisfaisante",
        "Très bonne maîtrise",
    ]

    private static let syntheses = [
        "Période satisfaisante. L’élève s’investit avec sérieux et progresse, à l’écrit comme à l’oral.",
        "Bonne période\u{A0}: les connaissances sont solides et la participation est active. À poursuivre\u{A0}!",
        "L’élève a gagné en assurance. La lecture à la maison, chaque soir, l’aidera encore.",
    ]

    private static let componentNames = [
        "Comprendre, s’exprimer en utilisant la langue française à l’oral et à l’écrit",
        "Comprendre, s’exprimer en utilisant une langue étrangère ou régionale",
        "Comprendre, s’exprimer en utilisant les langages mathématiques, scientifiques et informatiques",
        "Comprendre, s’exprimer en utilisant les langages des arts et du corps",
        "Les méthodes et outils pour apprendre",
        "La formation de la personne et du citoyen",
        "Les systèmes naturels et les systèmes techniques",
        "Les représentations du monde et l’activité humaine",
    ]

    private static let secondCycle = [
        (
            "Français – Langage oral",
            "Écouter pour comprendre\u{A0}; dire pour être entendu et compris"
        ),
        (
            "Français – Lecture",
            "Identifier les mots\u{A0}; comprendre un texte\u{A0}; lire à voix haute"
        ),
        ("Français – Écriture", "Copier\u{A0}; produire des écrits\u{A0}; réviser"),
        (
            "Mathématiques – Nombres et calcul",
            "Comprendre et utiliser des nombres entiers\u{A0}; calculer"
        ),
        (
            "Mathématiques – Espace et géométrie",
            "Se repérer\u{A0}; reconnaître des solides et des figures"
        ),
        ("Questionner le monde", "Le vivant, la matière, les objets\u{A0}; l’espace et le temps"),
        ("Éducation physique et sportive", "S’exprimer devant les autres\u{A0}; coopérer"),
        ("Enseignements artistiques", "Arts plastiques\u{A0}; éducation musicale"),
        ("Enseignement moral et civique", "Respecter autrui\u{A0}; construire une culture civique"),
    ]

    private static let laterCycles = [
        (
            "Français",
            "Lecture et compréhension de l’écrit\u{A0}; écriture\u{A0}; étude de la langue"
        ),
        ("Langue vivante – Anglais", "Écouter et comprendre\u{A0}; parler en continu"),
        (
            "Mathématiques",
            "Nombres et calculs\u{A0}; grandeurs et mesures\u{A0}; espace et géométrie"
        ),
        ("Histoire et géographie", "Se repérer dans le temps et l’espace\u{A0}; raisonner"),
        (
            "Sciences et technologie",
            "Pratiquer des démarches scientifiques\u{A0}; le vivant, l’énergie"
        ),
        (
            "Éducation physique et sportive",
            "Produire une performance\u{A0}; adapter ses déplacements"
        ),
        (
            "Arts plastiques et éducation musicale",
            "Expérimenter, produire, créer\u{A0}; chanter, écouter"
        ),
        ("Enseignement moral et civique", "Culture de la règle\u{A0}; culture de l’engagement"),
    ]
}
