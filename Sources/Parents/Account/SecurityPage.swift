import Flow
import HTML
import Serving
import Store
import Tokens
import Web

/// A part of the tab « Sécurité ».
protocol SecuritySection: Component {
    var heading: String { get }
}

/// The tab « Sécurité »: its sections one below the other.
struct SecurityPage: Page {
    let sections: [any SecuritySection]
    let flash: Flash?

    var title: String { InformationPage.heading }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        if let flash { flash.notice }
        h2(text: "Sécurité")
        for section in sections {
            HTML.section {
                h3(text: section.heading)
                section.markup
            }
        }
    }
}

/// Where the account is open now.
struct OpenSessions: SecuritySection {
    let heading = "Sessions ouvertes"
    /// The one used last first.
    let sessions: [SessionOverview]
    /// Of teleservices, by id.
    let names: [String: String]
    let current: Session.ID
    /// Of its forms.
    let hidden: [HiddenField]

    var markup: Markup {
        Table(
            caption: "Navigateurs dans lesquels votre compte est ouvert",
            columns: [
                "Appareil", "Ouverte le", "Dernière utilisation", "Connexion", "Services", "Action",
            ],
            rows: sessions.map { row($0.session, $0.clients.compactMap { names[$0] }) },
            id: "sessions")
        if sessions.count > 1 {
            PostForm(action: OwnPage.security.path, id: "end-others-form", hidden: hidden) {
                SubmitButton(
                    "Fermer toutes les autres sessions", id: "end-others", kind: .secondary,
                    name: StepField.action, value: SecurityPages.Action.endOthers.rawValue)
            }
        }
    }

    private func row(_ session: Session, _ services: [String]) -> [Markup] {
        let device = session.device ?? "Appareil inconnu"
        let isCurrent = session.id == current
        return [
            .text(isCurrent ? device + " (cette session)" : device),
            .text(ParisTime.dayAndMinute(session.openedAt)),
            .text(ParisTime.dayAndMinute(session.lastUsedAt)), .text(Self.way(of: session)),
            .text(services.isEmpty ? "–" : services.joined(separator: ", ")),
            isCurrent ? .text("–") : button(session, device),
        ]
    }

    private func button(_ session: Session, _ device: String) -> Markup {
        let action = SecurityPages.Action.endSession.rawValue
        return PostForm(
            action: OwnPage.security.path,
            hidden: hidden + [
                HiddenField(
                    name: SecurityPages.Field.session, value: Base64URL.encode(session.id.bytes))
            ]
        ) {
            HTML.button(
                .class("button button-quiet"), .buttonType(.submit), .name(StepField.action),
                .value(action)
            ) {
                "Fermer"
                // Buttons of several rows say the same: which session is meant is heard.
                span(
                    .class("unseen"),
                    text: " la session «\u{A0}\(device)\u{A0}» ouverte le "
                        + ParisTime.dayAndMinute(session.openedAt))
            }
        }.markup
    }

    /// How its owner signed in.
    private static func way(of session: Session) -> String {
        switch AuthenticationSummary(Fact.ofSession(session.facts))?.context {
        case .password: "Mot de passe"
        case .passwordSMS: "Mot de passe et code SMS"
        case .eidas1, .eidas2, .eidas3: "FranceConnect"
        case nil: "–"
        }
    }
}

/// The teleservices that hold something of the account's, or that it agreed to.
struct ConnectedServices: SecuritySection {
    let heading = "Services connectés"
    let services: [ConnectedService]
    /// By id.
    let names: [String: String]
    /// Of its forms.
    let hidden: [HiddenField]

    var markup: Markup {
        Table(
            caption: "Services auxquels votre compte donne accès",
            columns: ["Service", "Dernier accès", "Autorisation donnée le", "Autorisation"],
            rows: services.compactMap { service in
                names[service.client].map { row(service, named: $0) }
            }, emptyText: "Aucun service n'est connecté à votre compte.", id: "services")
    }

    private func row(_ service: ConnectedService, named name: String) -> [Markup] {
        [
            .text(name), .text(service.grantedAt.map(ParisTime.dayAndMinute) ?? "–"),
            .text(service.consentedAt.map(ParisTime.dayAndMinute) ?? "–"),
            service.consentedAt == nil
                ? .text("sans autorisation particulière") : button(service.client, name),
        ]
    }

    private func button(_ client: String, _ name: String) -> Markup {
        PostForm(
            action: OwnPage.security.path,
            hidden: hidden + [
                HiddenField(name: SecurityPages.Field.service, value: client)
            ]
        ) {
            HTML.button(
                .class("button button-quiet"), .buttonType(.submit), .name(StepField.action),
                .value(SecurityPages.Action.withdraw.rawValue)
            ) {
                "Retirer"
                span(.class("unseen"), text: " l'autorisation de «\u{A0}\(name)\u{A0}»")
            }
        }.markup
    }
}

/// What happened to the account lately.
struct RecentEvents: SecuritySection {
    let heading = "Derniers événements"
    let events: [RecentEvent]

    var markup: Markup {
        Table(
            caption: "Ce qui s'est passé sur votre compte", columns: ["Date", "Événement"],
            rows: events.map { [.text(ParisTime.dayAndSecond($0.at)), .text($0.words)] },
            emptyText: "Aucun événement récent.", id: "events")
        p(
            .class("hint"),
            text:
                "Si un événement ne vient pas de vous, modifiez votre mot de passe et prévenez le "
                + "directeur de l'école de votre enfant.")
    }
}
