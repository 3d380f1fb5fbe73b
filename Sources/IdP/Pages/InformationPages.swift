import Flow
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// The pages that anybody may read: home, contact, legal notice, help (J-G-12, J-S-12).
struct InformationPages: Sendable {
    static let contactPath = "/contact"
    static let legalPath = "/mentions-legales"
    static let helpPath = "/aide"

    let desk: Desk

    func addRoutes(to router: Router<ServingContext>) {
        let pages: [(String, InformationPage)] = [
            (Self.contactPath, .contact),
            (Self.legalPath, .legal(desk.cookies, desk.policy)),
        ]
        for (path, page) in pages {
            // The text never changes while the program runs.
            router.get(RouterPath(path)) { [desk] _, _ in desk.layout.response(page) }
        }
        router.get(RouterPath(Self.helpPath)) { [desk] _, _ in
            desk.layout.response(HelpPage(policy: desk.policy))
        }
        router.get(RouterPath(WayOn.home)) { [desk] _, _ in
            desk.layout.response(HomePage(teleservices: try await teleservices()))
        }
    }

    /// Those in which a parent can sign in, as far as they say where.
    private func teleservices() async throws -> [RegisteredClient] {
        let rows = try await desk.store.read { reader in
            try reader.clients(after: nil, limit: HomePage.teleservicesMax)
        }
        return try rows.filter { $0.disabledAt == nil }.map { try RegisteredClient($0) }
            .filter { $0.metadata.clientURI != nil && !$0.metadata.redirectURIs.isEmpty }
    }
}

/// What EduConnect is, and where to sign in with it.
struct HomePage: Page {
    static let teleservicesMax = 50

    let teleservices: [RegisteredClient]

    var title: String { "Accueil" }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: "EduConnect")
        p(
            text: "EduConnect est le guichet d'authentification unique et sécurisé des services en "
                + "ligne de l'éducation nationale pour les responsables légaux des élèves.")
        p(
            text:
                "Pour vous connecter, ouvrez le téléservice que vous voulez utiliser et choisissez "
                + "«\u{A0}Se connecter avec EduConnect\u{A0}».")
        if !teleservices.isEmpty {
            h2(text: "Téléservices")
            TileGrid {
                for client in teleservices {
                    if let address = client.metadata.clientURI {
                        Tile(title: client.displayName, href: address)
                    }
                }
            }
        }
    }
}

/// A page of plain text: a title, paragraphs, and perhaps points.
struct InformationPage: Page {
    let title: String
    let paragraphs: [String]
    var points: [String] = []
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        for paragraph in paragraphs { p(text: paragraph) }
        if !points.isEmpty { ul { for point in points { li(text: point) } } }
        BesideSignIn()
        WayOn(to: nil)
    }

    static let contact = InformationPage(
        title: "Contacts",
        paragraphs: [
            "Pour toute question sur votre compte (identifiant, mot de passe, enfants rattachés), "
                + "adressez-vous d'abord au directeur de l'école ou au chef d'établissement de votre "
                + "enfant.",
            "Si une page d'erreur affiche une référence, communiquez-la\u{A0}: elle permet de "
                + "retrouver ce qui s'est passé.",
        ])

    static func legal(_ cookies: CookieNames, _ policy: Policy) -> InformationPage {
        let memory = policy.passwordAttempts.browserMemory.wholeSeconds / 86_400
        let hours = policy.session.absolute.wholeSeconds / 3600
        let idle = policy.session.idle.wholeSeconds / 60
        return InformationPage(
            title: "Mentions légales",
            paragraphs: [
                "EduConnect est un service du ministère chargé de l'éducation nationale. Il traite "
                    + "les données des responsables légaux et de leurs enfants pour leur donner accès "
                    + "aux téléservices auxquels ils ont droit.",
                "Toute personne peut obtenir communication et, le cas échéant, rectification des "
                    + "informations la concernant en s'adressant au directeur de l'école ou au chef "
                    + "d'établissement.",
                "EduConnect dépose trois cookies, tous indispensables à la connexion. Aucun ne sert à "
                    + "la mesure d'audience.",
            ],
            points: [
                "\(cookies.browser) reconnaît votre navigateur pendant la connexion, et d'une "
                    + "connexion à l'autre pour que les essais d'un inconnu ne bloquent pas votre "
                    + "compte\u{A0}: il est gardé \(memory) jours.",
                "\(cookies.proof) atteste, pendant la connexion, que c'est dans votre navigateur que "
                    + "le mot de passe a été saisi\u{A0}: il disparaît à la fin de la connexion, ou quand "
                    + "vous fermez le navigateur.",
                "\(cookies.session) garde votre session ouverte\u{A0}: il disparaît quand vous vous "
                    + "déconnectez ou fermez le navigateur, et la session prend fin au bout de "
                    + "\(hours) heures, ou de \(idle) minutes sans utilisation.",
            ])
    }
}
