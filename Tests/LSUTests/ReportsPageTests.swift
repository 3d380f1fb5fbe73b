import Foundation
import HTML
import Print
import Serving
import Testing
import Tokens

@testable import LSU

/// The text of a page as a reader sees it.
func visibleText(_ html: [UInt8]) -> String {
    var text = String(decoding: html, as: UTF8.self).replacing(/<[^>]*>/, with: " ")
    for (entity, character) in [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replacing(entity, with: character)
    }
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

@Suite("Screen LSU-1")
struct ReportsPageTests {
    static let alexis = Pupil(
        id: "child-1", givenName: "Alexis", familyName: "DURAND", level: .ce2,
        schoolName: "E.E.PU-ROGER SALENGRO-ac-LILLE", ine: "160000001DA")
    static let cassandre = Pupil(
        id: "child 2&", givenName: "Cassandre", familyName: "DURAND", level: .cp, schoolName: "",
        ine: "160000002DA")

    private func page(
        _ reports: [Report], siblings: [Pupil] = [alexis], portalURL: String? = nil
    ) -> [UInt8] {
        let session = TeleserviceSession(
            issuer: "i", subject: "s", providerSessionID: nil, idToken: Secret("t"),
            name: "Valéry DURANT",
            pupils: siblings, csrfToken: "token-1", openedAt: .distantPast)
        return ReportsPage(
            pupil: Self.alexis, siblings: siblings, reports: reports, portalURL: portalURL
        ).inside(
            TeleserviceKind.lsu.layout(issuer: "https://educonnect.example.org"),
            SignedInParent(sessionID: "x", session: session)
        )
        .render()
    }

    private let reports = [
        report(.ce2, 2016, .periodic(period: 2), id: "r2", issued: "2017-03-31"),
        report(.ce2, 2016, .periodic(period: 1), id: "r1", issued: "2016-12-16"),
    ]

    @Test("has its title, the child and the entries in these words (J-L-02, J-L-04)")
    func words() throws {
        let text = visibleText(page(reports))
        #expect(text.contains("Livret Scolaire Unique du CP à la 3ème"))
        #expect(text.contains("Bilans pour DURAND Alexis"))
        #expect(text.contains("E.E.PU-ROGER SALENGRO-ac-LILLE"))
        #expect(text.contains("Cycle 2 (CP-CE1-CE2)"))
        let second = try #require(
            text.range(
                of:
                    "Bilan périodique 2e période 2016/2017 (CE2) - ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO"
            ))
        let first = try #require(
            text.range(
                of:
                    "Bilan périodique 1re période 2016/2017 (CE2) - ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO"
            ))
        #expect(second.lowerBound < first.lowerBound)
    }

    @Test("has the whole notice under the list (J-L-13, J-L-14)")
    func notice() {
        let text = visibleText(page(reports))
        for words in [
            "Vous êtes actuellement connecté au service en ligne « Livret scolaire » (ci-après dénommé le "
                + "« Service »), Service proposé par le ministère de l'éducation nationale (ci-après dénommé "
                + "« Ministère »), pour permettre aux élèves ou à leurs responsables légaux (ci-après dénommés "
                + "« Usager ») de consulter leur livret scolaire.",
            "En vous connectant au Service vous acceptez expressément :",
            "Les Conditions Générales d'Utilisation du Service",
            "Que les données pédagogiques de votre enfant mineur fassent l'objet d'un traitement anonymisé par "
                + "le Ministère.",
            "Conformément aux articles 39 et suivants de la loi n° 78-17 du 6 janvier 1978 modifiée en 2004 "
                + "relative à l'informatique, aux fichiers et aux libertés, toute personne peut obtenir "
                + "communication et, le cas échéant, rectification ou suppression des informations la concernant "
                + "en s'adressant au chef d'établissement dans lequel le titulaire du livret est scolarisé.",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(String(decoding: page(reports), as: UTF8.self).contains("href=\"/cgu\""))
    }

    @Test("leads back to the portal only where there is one (J-L-03)")
    func portal() {
        #expect(!visibleText(page(reports)).contains("Retour au portail"))
        let html = page(reports, portalURL: "http://localhost:8080/portail")
        #expect(visibleText(html).contains("Retour au portail"))
        #expect(
            String(decoding: html, as: UTF8.self).contains("href=\"http://localhost:8080/portail\"")
        )
    }

    @Test("lets each document be opened or saved (J-L-12)")
    func links() {
        let html = String(decoding: page(reports), as: UTF8.self)
        #expect(html.contains("href=\"/documents/r2\""))
        #expect(html.contains("href=\"/documents/r2?enregistrer=1\""))
    }

    @Test("links to the other children, of whom there may be none")
    func siblings() {
        #expect(!String(decoding: page(reports), as: UTF8.self).contains("<nav"))
        let html = String(
            decoding: page(reports, siblings: [Self.alexis, Self.cassandre]), as: UTF8.self)
        #expect(html.contains("DURAND Cassandre"))
        #expect(html.contains("href=\"/livrets?enfant=child+2%26\""))
        #expect(html.contains("aria-current=\"page\">DURAND Alexis"))
    }

    @Test("groups by school and cycle, the newest group first (J-L-05)")
    func groups() {
        let moved = [
            report(.cm1, 2017, school: .second, id: "c"),
            report(.cm1, 2017, id: "b", issued: "2017-11-01"),
            report(.ce2, 2016, id: "a"),
        ]
        let groups = ReportsPage(
            pupil: Self.alexis, siblings: [], reports: moved, portalURL: nil
        ).groups
        #expect(groups.map(\.school) == [.second, .first])
        #expect(groups.last?.parts.map(\.title) == [Cycle.third.title, Cycle.second.title])
    }

    @Test("lists attestations apart, after the reports of their school (J-L-09)")
    func attestations() {
        let groups = ReportsPage(
            pupil: Self.alexis, siblings: [],
            reports: [
                report(.ce2, 2016, .attestation(title: "Attestation APER"), id: "a"),
                report(.ce2, 2016, id: "b"),
            ], portalURL: nil
        ).groups
        #expect(groups.map { $0.parts.map(\.title) } == [["Cycle 2 (CP-CE1-CE2)", "Attestations"]])
    }

    @Test("is a list, which no screen is too narrow for, and no two landmarks have one name")
    func list() {
        let html = String(decoding: page(reports), as: UTF8.self)
        #expect(!html.contains("<table"))
        #expect(!html.contains("role=\"region\""))
    }

    @Test("ends with EduConnect's contact, legal notice and help, the logo and a version (J-G-12)")
    func footer() {
        let html = String(decoding: page(reports), as: UTF8.self)
        let footer = html.split(separator: "<footer").last ?? ""
        for path in ["/contact", "/mentions-legales", "/aide"] {
            #expect(footer.contains("href=\"https://educonnect.example.org\(path)\""))
        }
        #expect(footer.contains("class=\"mark\""))
        #expect(footer.contains("id=\"version\">v1.0.0</p>"))
    }

    @Test("has no line that begins with a punctuation mark: the space before it doesn't break")
    func spaces() {
        let html = String(decoding: page(reports), as: UTF8.self)
        #expect(html.contains("«\u{A0}Livret scolaire\u{A0}»"))
        #expect(html.contains("expressément\u{A0}:"))
        #expect(!html.contains("« ") && !html.contains(" »") && !html.contains("’"))
    }

    @Test("says so where nothing is visible")
    func empty() {
        #expect(visibleText(page([])).contains("Aucun bilan n'est consultable pour le moment."))
    }
}

@Suite("A printed report")
struct ReportDocumentTests {
    @Test(
        "names pupil, school, year and level, and is always the same",
        arguments: [
            Report.Kind.periodic(period: 2), .endOfCycle, .attestation(title: "Attestation APER"),
        ])
    func content(_ kind: Report.Kind) throws {
        let report = report(.ce2, 2016, kind)
        let document = ReportDocument(report: report, pupil: ReportsPageTests.alexis).document
        #expect(document.metadata.title.contains("DURAND Alexis"))
        #expect(document.metadata.author == "ECOLE PRIMAIRE PUBLIQUE ROGER SALENGRO")
        #expect(document.blocks.contains(.paragraph("Élève\u{A0}: DURAND Alexis", style: .strong)))
        #expect(document == ReportDocument(report: report, pupil: ReportsPageTests.alexis).document)
        #expect(try document.pdf().starts(with: Array("%PDF".utf8)))
    }

    @Test("certifies that the pupil has what an attestation attests")
    func attestation() {
        let title = "Attestation de première éducation à la route (APER)"
        let report = report(.ce2, 2016, .attestation(title: title))
        let document = ReportDocument(report: report, pupil: ReportsPageTests.alexis).document
        #expect(
            document.blocks.contains(
                .paragraph(
                    "Le chef d’établissement ou le directeur de l’école certifie que l’élève DURAND "
                        + "Alexis a obtenu l’attestation de première éducation à la route (APER)."))
        )
    }

    @Test(
        "is saved under the child's first name and its kind, in letters that any system takes",
        arguments: [
            (
                "Léane", Report.Kind.periodic(period: 2),
                "leane-bilan-periodique-2-2016-2017-ce2.pdf"
            ),
            ("Anne-Cœur", .endOfCycle, "anne-coeur-bilan-de-fin-de-cycle-2-2016-2017-ce2.pdf"),
            (
                "Zoe\u{308} \"\r\n", .attestation(title: "Attestation (APER)"),
                "zoe-attestation-aper-2016-2017-ce2.pdf"
            ),
            ("学生", .endOfCycle, "bilan-de-fin-de-cycle-2-2016-2017-ce2.pdf"),
        ])
    func fileName(_ givenName: String, _ kind: Report.Kind, _ expected: String) {
        let pupil = Pupil(
            id: "c", givenName: givenName, familyName: "DURAND", level: .ce2, schoolName: "",
            ine: nil)
        #expect(ReportDocument(report: report(.ce2, 2016, kind), pupil: pupil).fileName == expected)
    }

    @Test("differs from one document to the next")
    func differs() {
        let texts = (1...8).map {
            DemonstrationContent(report(.ce2, 2016, id: "r\($0)")).domains.map(\.appreciation)
        }
        #expect(Set(texts).count > 4)
    }
}
