import HTML
import Hummingbird
import Serving
import Web

/// The pages that anybody may read: home, contact, legal notice, help (J-G-12, J-S-12).
struct InformationPages: Sendable {
    static let homePath = "/"
    static let contactPath = "/contact"
    static let legalPath = "/mentions-legales"
    static let helpPath = "/aide"

    let layout: Layout

    func addRoutes(to router: Router<ServingContext>) {
        let pages: [(String, InformationPage)] = [
            (Self.homePath, .home), (Self.contactPath, .contact), (Self.legalPath, .legal),
            (Self.helpPath, .help),
        ]
        for (path, page) in pages {
            // The text never changes while the program runs.
            router.get(RouterPath(path)) { [layout] _, _ in layout.response(page) }
        }
    }
}

/// A page of plain text: a title and paragraphs.
struct InformationPage: Page {
    let title: String
    let paragraphs: [String]
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        for paragraph in paragraphs { p(text: paragraph) }
    }

    static let home = InformationPage(
        title: "EduConnect",
        paragraphs: [
            "EduConnect est le guichet d'authentification unique et sécurisé des services en ligne "
                + "de l'éducation nationale pour les responsables légaux des élèves.",
            "Pour vous connecter, ouvrez le téléservice que vous voulez utiliser, par exemple le "
                + "livret scolaire unique, et choisissez « Se connecter avec EduConnect ».",
        ])

    static let contact = InformationPage(
        title: "Contacts",
        paragraphs: [
            "Pour toute question sur votre compte (identifiant, mot de passe, enfants rattachés), "
                + "adressez-vous d'abord au directeur de l'école de votre enfant.",
            "Si une page d'erreur affiche une référence, communiquez-la : elle permet de retrouver "
                + "ce qui s'est passé.",
        ])

    static let legal = InformationPage(
        title: "Mentions légales",
        paragraphs: [
            "EduConnect est un service du ministère chargé de l'éducation nationale. Il traite les "
                + "données des responsables légaux et de leurs enfants pour leur donner accès aux "
                + "téléservices auxquels ils ont droit.",
            "EduConnect dépose deux cookies, tous deux indispensables : l'un reconnaît votre "
                + "navigateur pendant la connexion, l'autre garde votre session ouverte. Aucun "
                + "cookie ne sert à la mesure d'audience.",
            "Toute personne peut obtenir communication et, le cas échéant, rectification des "
                + "informations la concernant en s'adressant au directeur d'école.",
        ])

    static let help = InformationPage(
        title: "Aide",
        paragraphs: [
            "Votre identifiant vous a été remis par l'école ; il est composé de l'initiale de votre "
                + "prénom, d'un point et de votre nom, parfois suivis d'un nombre.",
            "Un seul compte suffit pour tous vos enfants et pour tous les téléservices. Chaque "
                + "responsable légal a le sien.",
            "Après plusieurs mots de passe erronés, attendez le temps indiqué avant de réessayer.",
        ])
}
