import HTML
import Serving
import Tokens

/// Screen LSU-1: the documents of one child, by school and cycle, newest first.
struct ReportsPage: Sendable {
    let pupil: Pupil
    /// All children of the parent, this one too.
    let siblings: [Pupil]
    /// Visible ones, newest first.
    let reports: [Report]
    let portalURL: String?

    /// The documents of one school, by what heads them.
    struct Group: Equatable {
        let school: ReportSchool
        var parts: [Part]
    }

    /// « Cycle 2 (CP-CE1-CE2) », or « Attestations ».
    struct Part: Equatable {
        let title: String
        var reports: [Report]
    }

    /// In the order of each group's newest document; attestations follow the reports.
    var groups: [Group] {
        var groups: [Group] = []
        for report in reports.filter({ !$0.isAttestation }) + reports.filter(\.isAttestation) {
            let title = report.isAttestation ? "Attestations" : report.level.cycle.title
            let index = groups.firstIndex { $0.school == report.school } ?? groups.endIndex
            if index == groups.endIndex { groups.append(Group(school: report.school, parts: [])) }
            if let part = groups[index].parts.firstIndex(where: { $0.title == title }) {
                groups[index].parts[part].reports.append(report)
            } else {
                groups[index].parts.append(Part(title: title, reports: [report]))
            }
        }
        return groups
    }

    func inside(_ layout: Layout, _ parent: SignedInParent) -> Markup {
        let children = siblings.map { Layout.Link($0.displayName, Self.path(of: $0)) }
        return layout.page(
            title: "Bilans pour \(pupil.displayName)",
            navigation: children.count > 1 ? children : [], current: Self.path(of: pupil),
            user: parent.menu
        ) {
            if let portalURL {
                p(.class("overline")) {
                    a(.href(portalURL), .id("portal"), text: "Retour au portail")
                }
            }
            h1(text: "Livret Scolaire Unique du CP à la 3ème")
            h2(.id("child"), text: "Bilans pour \(pupil.displayName)")
            list
            hr
            ServiceNotice()
        }
    }

    @MarkupBuilder private var list: Markup {
        if reports.isEmpty {
            Notice(
                .information, id: "no-report",
                text: "Aucun bilan n'est consultable pour le moment. Un bilan apparaît ici quand "
                    + "l'établissement l'a verrouillé.")
        }
        for group in groups {
            section(.class("card")) {
                h3(text: group.school.name)
                for part in group.parts {
                    h4(text: part.title)
                    ul(.class("documents")) { for report in part.reports { li { entry(report) } } }
                }
            }
        }
    }

    /// The title opens the document; what saves it stands below.
    @MarkupBuilder private func entry(_ report: Report) -> Markup {
        a(.href(report.path), .id(report.id), text: report.title)
        a(
            .class("save"), .href("\(report.path)?\(ReportRoutes.saveParameter)=1"),
            .id("\(report.id)-save"), .ariaLabel("Enregistrer\u{A0}: \(report.title)"),
            text: "Enregistrer")
    }

    static func path(of pupil: Pupil) -> String {
        let query = Form.encode([(SignInRoutes.childParameter, pupil.id)])
        return "\(TeleserviceKind.lsu.landing)?\(query)"
    }
}

extension Report {
    var path: String { "/documents/\(id)" }

    fileprivate var isAttestation: Bool {
        if case .attestation = kind { true } else { false }
    }
}

/// The notice that stands under the list, in the words of the service (J-L-13, J-L-14).
struct ServiceNotice: Component {
    var markup: Markup {
        aside(.class("panel hint"), .id("service-notice")) {
            p(
                text:
                    "Vous êtes actuellement connecté au service en ligne «\u{A0}Livret scolaire\u{A0}» (ci-après "
                    + "dénommé le «\u{A0}Service\u{A0}»), Service proposé par le ministère de l'éducation nationale "
                    + "(ci-après dénommé «\u{A0}Ministère\u{A0}»), pour permettre aux élèves ou à leurs responsables "
                    + "légaux (ci-après dénommés «\u{A0}Usager\u{A0}») de consulter leur livret scolaire."
            )
            p(text: "En vous connectant au Service vous acceptez expressément\u{A0}:")
            ul {
                li {
                    a(
                        .href(TeleservicePaths.terms), .id("terms"),
                        text: "Les Conditions Générales d'Utilisation du Service")
                    "."
                }
                li(
                    text:
                        "Que les données pédagogiques de votre enfant mineur fassent l'objet d'un "
                        + "traitement anonymisé par le Ministère.")
            }
            p(
                text:
                    "Conformément aux articles 39 et suivants de la loi n° 78-17 du 6 janvier 1978 "
                    + "modifiée en 2004 relative à l'informatique, aux fichiers et aux libertés, toute "
                    + "personne peut obtenir communication et, le cas échéant, rectification ou suppression "
                    + "des informations la concernant en s'adressant au chef d'établissement dans lequel le "
                    + "titulaire du livret est scolarisé.")
        }
    }
}
