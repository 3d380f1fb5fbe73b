import Flow
import HTML
import Hummingbird
import Serving
import Store
import Web

/// « Mon compte » (ACC-1): its tabs « Mes informations » and « Mes enfants » (J-M-01 to J-M-06).
public struct AccountPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor

    public init(desk: Desk) {
        self.desk = desk
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.account.path), use: information)
        router.get(RouterPath(OwnPage.children.path), use: children)
    }

    private func information(
        _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        try await door.show(.account, request, context) { visitor in
            let owner = try await visitor.owner()
            let page = InformationPage(visitor, owner, saying: visitor.flash(request))
            return visitor.answer(page, for: owner)
        }
    }

    private func children(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.children, request, context) { visitor in
            let (account, now) = (visitor.account.id, visitor.now)
            let family = try await desk.store.read { try $0.family(of: account, at: now) }
            let page = ChildrenPage(
                children: family.children.map(\.view.child), flash: visitor.flash(request))
            return visitor.answer(page, for: AccountOwner(visitor, family.guardians.latest))
        }
    }
}

/// « Mes informations ».
struct InformationPage: Page {
    let owner: AccountOwner
    /// The confirmed one.
    let email: String?
    let pendingEmail: String?
    let isFederated: Bool
    let flash: Flash?

    init(_ visitor: Visitor, _ owner: AccountOwner, saying flash: Flash? = nil) {
        self.owner = owner
        email = visitor.account.email
        pendingEmail = visitor.account.pendingEmail
        isFederated = visitor.isFederated
        self.flash = flash
    }

    static let heading = "Mon compte"
    var title: String { Self.heading }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        if let flash { flash.notice }
        if email == nil { invitation }
        h2(text: "Mes informations")
        p(.class("lead"), .id("person-name"), text: owner.name)
        FactList(facts)
        if isFederated {
            p(
                .class("hint"), .id("federated"),
                text:
                    "La connexion via FranceConnect ne permet pas de consulter ou modifier ni son "
                    + "identifiant ni son mot de passe EduConnect.")
        }
        ButtonRow {
            if !isFederated {
                LinkButton(
                    "Modifier mon mot de passe", href: OwnPage.password.path,
                    id: "change-password")
            }
            LinkButton(
                "Modifier mon adresse mail", href: OwnPage.email.path, id: "change-address")
        }
    }

    private var facts: [(term: String, value: Markup)] {
        var facts: [(term: String, value: Markup)] = []
        if let identifier = owner.identifier { facts.append(("Identifiant", .text(identifier))) }
        facts.append(("Email", email.map(Markup.text) ?? em(text: "aucune adresse confirmée")))
        if let pendingEmail {
            facts.append(
                (
                    "Ma nouvelle adresse mail",
                    .sequence([
                        .text(pendingEmail),
                        p(
                            .class("hint"), .id("pending-hint"),
                            text: "Vous devez valider la nouvelle adresse mail pour qu'elle soit "
                                + "prise en compte"
                                + (email == nil
                                    ? "."
                                    : " sinon tous les courriels seront toujours envoyés à "
                                        + "l'ancienne adresse.")),
                    ])
                ))
        }
        return facts
    }

    /// Never in the way (J §8.2 no. 10).
    private var invitation: Markup {
        Notice(
            .information, id: "no-address",
            text: pendingEmail == nil
                ? "Votre compte n'a pas encore d'adresse mail. Donnez-en une\u{A0}: elle permet de "
                    + "retrouver votre identifiant ou votre mot de passe en cas d'oubli."
                : "Votre adresse mail n'est pas encore confirmée. Ouvrez le mail que vous avez reçu et "
                    + "suivez les instructions."
        ).markup
    }
}

/// « Mes enfants ».
struct ChildrenPage: Page {
    let children: [Child]
    let flash: Flash?

    var title: String { InformationPage.heading }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        if let flash { flash.notice }
        h2(text: "Mes enfants")
        if children.isEmpty {
            NoChild()
        } else {
            ul(.class("tiles"), .id("children")) { for child in children { tile(child) } }
        }
        p {
            a(
                .href(OwnPage.regrouping.path), .id("regroup"),
                text: "Ajouter des enfants depuis un autre compte")
        }
    }

    private func tile(_ child: Child) -> Markup {
        li(.class("tile")) {
            span(.class("tile-icon"), .ariaHidden) { Artwork.child }
            div(.class("tile-text")) {
                strong(text: child.firstName)
                p(.class("hint"), text: FrenchDay.text(child.birthDate))
            }
        }
    }
}
