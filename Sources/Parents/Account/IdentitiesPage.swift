import Flow
import FoundationEssentials
import HTML
import Serving
import Store
import Tokens
import Web

/// An identity of a provider, as its owner is shown it.
struct LinkedIdentity: Sendable {
    let provider: String
    let createdAt: Date
    let lastUsedAt: Date
    /// Names it in a form.
    let key: String

    init(_ link: UpstreamLink, _ providers: ProviderNames) {
        provider = providers.name(of: link.issuer)
        createdAt = link.createdAt
        lastUsedAt = link.lastUsedAt
        key = Self.key(link)
    }

    /// The provider's own name for the person stays here.
    static func key(_ link: UpstreamLink) -> String {
        Base64URL.encode(Digest.sha256(link.issuer + "\n" + link.subject).bytes)
    }
}

/// The identities that open the account, with what can be done about them.
struct IdentitiesPage: Page {
    let identities: [LinkedIdentity]
    /// Whether the account has another key.
    let mayUnlink: Bool
    /// Whether there is a provider to ask.
    let mayLink: Bool
    /// Of its forms.
    let hidden: [HiddenField]
    let flash: Flash?

    var title: String { "Identités liées" }
    var width: Layout.Width { .normal }

    var content: Markup {
        p(.class("overline"), text: "MON COMPTE")
        h1(text: title)
        if let flash { flash.notice }
        p(
            .class("lead"),
            text:
                "Une identité liée, FranceConnect par exemple, ouvre votre compte EduConnect sans "
                + "mot de passe.")
        Table(
            caption: "Identités qui ouvrent votre compte",
            columns: ["Fournisseur", "Liée le", "Dernière utilisation", "Action"],
            rows: identities.map(row), emptyText: LinkedIdentities.none, id: "identities")
        if !identities.isEmpty, !mayUnlink {
            p(
                .class("hint"), .id("no-password"),
                text: "Votre compte n'a pas d'autre moyen de connexion\u{A0}: une identité ne peut "
                    + "pas être retirée.")
        }
        if mayLink {
            PostForm(action: OwnPage.identities.path, id: "link-form", hidden: hidden) {
                ButtonRow {
                    SubmitButton(
                        "Lier une identité", id: "link", kind: .secondary, name: StepField.action,
                        value: IdentitiesPages.Action.link.rawValue)
                    back
                }
            }
        } else {
            ButtonRow { back }
        }
    }

    private var back: LinkButton {
        LinkButton("Retour", href: OwnPage.security.path, id: "back", kind: .quiet)
    }

    private func row(_ identity: LinkedIdentity) -> [Markup] {
        [
            .text(identity.provider), .text(ParisTime.dayAndMinute(identity.createdAt)),
            .text(ParisTime.dayAndMinute(identity.lastUsedAt)),
            mayUnlink ? button(identity) : .text("–"),
        ]
    }

    private func button(_ identity: LinkedIdentity) -> Markup {
        PostForm(
            action: OwnPage.identities.path,
            hidden: hidden + [
                HiddenField(name: IdentitiesPages.Field.identity, value: identity.key)
            ]
        ) {
            HTML.button(
                .class("button button-quiet"), .buttonType(.submit), .name(StepField.action),
                .value(IdentitiesPages.Action.unlink.rawValue)
            ) {
                "Retirer"
                // Buttons of several rows say the same: which identity is meant is heard.
                span(
                    .class("unseen"),
                    text: " l'identité «\u{A0}\(identity.provider)\u{A0}» liée le "
                        + ParisTime.dayAndMinute(identity.createdAt))
            }
        }.markup
    }
}

/// The same on the tab « Sécurité », with the way to change it.
struct LinkedIdentities: SecuritySection {
    let heading = "Identités liées"
    let identities: [LinkedIdentity]
    /// Whether this very session came by one of them.
    let isFederated: Bool

    static let none = "Aucune identité n'est liée à votre compte."

    var markup: Markup {
        Table(
            caption: "Identités qui ouvrent votre compte sans mot de passe",
            columns: ["Fournisseur", "Liée le", "Dernière utilisation"],
            rows: identities.map { identity in
                [
                    .text(identity.provider), .text(ParisTime.dayAndMinute(identity.createdAt)),
                    .text(ParisTime.dayAndMinute(identity.lastUsedAt)),
                ]
            }, emptyText: Self.none, id: "linked-identities")
        if isFederated {
            p(
                .class("hint"), .id("identities-hint"),
                text: "Pour lier ou retirer une identité, connectez-vous avec votre identifiant et "
                    + "votre mot de passe EduConnect. Si vous n'en avez pas encore, confirmez une "
                    + "adresse mail, déconnectez-vous, puis choisissez «\u{A0}Identifiant perdu\u{A0}» "
                    + "et «\u{A0}Mot de passe perdu\u{A0}» sur la page de connexion.")
        } else {
            p {
                a(
                    .href(OwnPage.identities.path), .id("manage-identities"),
                    text: "Lier ou retirer une identité")
            }
        }
    }
}
