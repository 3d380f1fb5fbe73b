import Print

/// A document of the report book as it is printed.
struct ReportDocument: Sendable {
    let report: Report
    let pupil: Pupil

    var document: Document {
        let metadata = Document.Metadata(
            title: "\(report.title) – \(pupil.displayName)", author: report.school.fullName,
            createdAt: report.issuedOn.date)
        let content = DemonstrationContent(report)
        return Document(
            metadata, footer: "\(pupil.displayName) – \(report.school.fullName)",
            blocks: opening + blocks(content) + closing)
    }

    private var opening: [Document.Block] {
        [
            .paragraph("Livret Scolaire Unique du CP à la 3ème", style: .strong),
            .paragraph(report.school.fullName),
            .rule,
            .heading(heading, level: .first),
            .paragraph("Élève\u{A0}: \(pupil.displayName)", style: .strong),
            .paragraph("Année scolaire \(report.schoolYear) – classe de \(report.level.name)"),
            .space(3),
        ]
    }

    private var heading: String {
        switch report.kind {
        case .periodic(let period):
            "Bilan périodique – \(period)\(period == 1 ? "re" : "e") période"
        case .endOfCycle: "Bilan de fin de \(report.level.cycle.title.lowercasedFirst)"
        case .attestation(let title): title
        }
    }

    private func blocks(_ content: DemonstrationContent) -> [Document.Block] {
        switch report.kind {
        case .periodic:
            return [
                .heading("Suivi des acquis scolaires", level: .second),
                .table(
                    Document.Table(
                        columns: [
                            .init("Domaine d’enseignement", weight: 3),
                            .init("Éléments du programme travaillés", weight: 4),
                            .init("Acquisitions et difficultés", weight: 4),
                            .init("Positionnement", weight: 3),
                        ],
                        rows: content.domains.map {
                            [$0.name, $0.elements, $0.appreciation, $0.position]
                        })),
                .heading("Bilan de l’acquisition des connaissances et compétences", level: .second),
                .paragraph(content.synthesis),
            ]
        case .endOfCycle:
            return [
                .heading("Maîtrise des composantes du socle commun", level: .second),
                .table(
                    Document.Table(
                        columns: [
                            .init("Composante", weight: 4), .init("Niveau de maîtrise", weight: 2),
                        ],
                        rows: content.components.map { [$0.name, $0.mastery] })),
                .heading(
                    "Synthèse des acquis scolaires de l’élève en fin de cycle", level: .second),
                .paragraph(content.synthesis),
            ]
        case .attestation(let title):
            return [
                .space(10),
                .paragraph(
                    "Le chef d’établissement ou le directeur de l’école certifie que l’élève "
                        + "\(pupil.displayName) a obtenu l’\(title.lowercasedFirst)."),
            ]
        }
    }

    private var closing: [Document.Block] {
        [
            .space(8),
            .paragraph("Établi le \(report.issuedOn.french).", alignment: .right),
            .paragraph(
                "Document de démonstration\u{A0}: ni l’élève ni l’établissement n’existent.",
                style: .small),
        ]
    }
}

extension ReportDocument {
    /// ASCII, since header fields carry it: `alexis-bilan-periodique-2-2016-2017-ce2.pdf`.
    var fileName: String {
        let kind =
            switch report.kind {
            case .periodic(let period): "bilan-periodique-\(period)"
            case .endOfCycle: "bilan-de-fin-de-cycle-\(report.level.cycle.rawValue)"
            case .attestation(let title): title
            }
        let year = report.schoolYear
        let words = [
            pupil.givenName, kind, "\(year.start)", "\(year.start + 1)", report.level.name,
        ]
        return words.map(\.asFileName).filter { !$0.isEmpty }.joined(separator: "-") + ".pdf"
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }

    /// Its letters and digits in lower case, without accents; hyphens for all between them.
    fileprivate var asFileName: String {
        var name = ""
        for scalar in unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark {
            name += scalar.plain ?? "-"
        }
        return name.split(separator: "-").joined(separator: "-")
    }
}

extension Unicode.Scalar {
    /// « é » and « E » are `e`, « œ » is `oe`, as their Unicode names say: « LATIN SMALL LETTER E WITH
    /// ACUTE ». Nil for what is neither a letter nor a digit.
    fileprivate var plain: String? {
        if isASCII {
            let character = Character(self)
            return character.isLetter || character.isNumber ? character.lowercased() : nil
        }
        let words = (properties.name ?? "").split(separator: " ")
        guard words.first == "LATIN",
            let kind = words.firstIndex(where: { $0 == "LETTER" || $0 == "LIGATURE" })
        else { return nil }
        return words.dropFirst(kind + 1).first?.lowercased()
    }
}
