import Flow
import HTML
import Serving
import Web

/// PORTAL-1, « Scolarité services » (J-P-02 to J-P-14).
struct PortalPage: Page {
    let schools: [Portal.ASchool]
    /// Whether an address is confirmed: without one, nothing that is lost can be found by mail.
    let hasAddress: Bool
    /// Whether one waits to be confirmed.
    let isWaiting: Bool

    var title: String { OwnPage.serviceName }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        if !hasAddress { invitation }
        if schools.isEmpty { NoChild() }
        for school in schools {
            section {
                h2(text: school.name ?? "Vos enfants")
                p(text: "Bienvenue dans notre établissement.")
                div(.class("tiles")) { for child in school.children { tile(child) } }
            }
        }
    }

    /// Never in the way (J §8.2 no. 10).
    private var invitation: Markup {
        Notice(.information, id: "no-address") {
            p {
                isWaiting
                    ? "Votre adresse mail n'est pas encore confirmée. "
                    : "Votre compte n'a pas encore d'adresse mail\u{A0}: elle permet de retrouver un "
                        + "identifiant ou un mot de passe perdu. "
                a(
                    .href(OwnPage.email.path), .id("give-address"),
                    text: isWaiting ? "Vérifier l'adresse" : "Donner une adresse")
            }
        }.markup
    }

    private func tile(_ child: Portal.Pupil) -> Markup {
        article(.class("child"), .ariaLabelledBy("child-" + child.id)) {
            h3(.class("child-name")) {
                span(.class("child-picture"), .ariaHidden) { Artwork.child }
                span(.id("child-" + child.id), text: child.name)
            }
            if child.services.isEmpty {
                p(.class("hint"), text: "Aucun service en ligne n'est ouvert pour cet enfant.")
            } else {
                ul(.class("services")) {
                    for service in child.services { li { link(service, child) } }
                }
            }
        }
    }

    private func link(_ service: Portal.Service, _ child: Portal.Pupil) -> Markup {
        a(.class("service"), .href(service.href)) {
            span(.class("service-icon"), .ariaHidden) { picture(service.icon) }
            service.label
            // Two children's links say the same: to whom they lead is heard.
            span(.class("unseen"), text: " pour \(child.name)")
        }
    }

    private func picture(_ icon: PortalTile.Icon) -> Markup {
        switch icon {
        case .book: Artwork.book
        case .school: Artwork.school
        case .letter: Artwork.letter
        case .key: Artwork.key
        }
    }
}
