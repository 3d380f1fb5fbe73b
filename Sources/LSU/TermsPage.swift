import HTML
import Serving

/// « Les Conditions Générales d'Utilisation du Service »
struct TermsPage: Sendable {
    let kind: TeleserviceKind

    func inside(_ layout: Layout, user: Layout.UserMenu?) -> Markup {
        layout.page(title: "Conditions générales d'utilisation", user: user) {
            h1(text: "Conditions générales d'utilisation")
            for (heading, text) in sections {
                h2(text: heading)
                p(text: text)
            }
            p { a(.href(kind.landing), .id("back"), text: "Revenir au service") }
        }
    }

    private var sections: [(heading: String, text: String)] {
        [
            ("Objet", object),
            (
                "Accès",
                "Le Service est ouvert aux responsables légaux, qui se connectent avec leur compte "
                    + "EduConnect. Chacun ne consulte que les informations des enfants rattachés à son "
                    + "compte par l'établissement."
            ),
            (
                "Vos engagements",
                "Votre compte est personnel. Vous gardez vos identifiants secrets et vous vous "
                    + "déconnectez après chaque consultation sur un appareil partagé."
            ),
            (
                "Données personnelles",
                "Le Service lit votre nom et ceux de vos enfants, leur niveau et leur établissement, "
                    + "qu'EduConnect lui transmet à chaque connexion. Il ne conserve pas la trace de vos "
                    + "consultations et n'en informe pas l'établissement."
            ),
            (
                "Vos droits",
                "Pour obtenir communication, rectification ou suppression des informations qui vous "
                    + "concernent, adressez-vous au chef d'établissement ou au directeur de l'école."
            ),
        ]
    }

    private var object: String {
        switch kind {
        case .lsu:
            "Le Service permet aux responsables légaux de consulter le livret scolaire de leurs enfants, "
                + "du CP à la 3e. Les documents consultés sont des copies\u{A0}; le livret est tenu par "
                + "l'établissement."
        case .inscription:
            "Le Service permet aux responsables légaux d'inscrire leurs enfants dans leur prochain "
                + "établissement."
        }
    }
}
