import HTML
import Markdown
import Messages
import Serving
import Web

/// « Contacts »: whom a parent turns to, the school first (J-G-13; journeys.md §6 no. 27). The operator
/// may write what stands above the support team, whose coordinates are settings.
struct ContactPage: Page {
    let support: SupportContact
    let text: MarkdownText?

    var title: String { "Contacts" }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        section { if let text { text.content } else { school } }
        section(.id("assistance")) {
            h2(text: "L'assistance EduConnect")
            if support.isKnown {
                p(text: "Si l'école n'a pas pu vous aider, contactez l'assistance\u{A0}:")
                FactList(facts)
            } else {
                p(
                    text:
                        "L'assistance se contacte par l'intermédiaire du directeur de l'école ou du "
                        + "chef d'établissement.")
            }
            p(
                text:
                    "Si une page d'erreur affiche une référence, communiquez-la\u{A0}: elle permet de "
                    + "retrouver ce qui s'est passé. Ne communiquez jamais votre mot de passe, ni un code "
                    + "reçu par SMS.")
        }
        BesideSignIn()
        WayOn(to: nil)
    }

    @MarkupBuilder private var school: Markup {
        h2(text: "L'école de votre enfant")
        p(
            text:
                "Pour toute question sur votre compte (identifiant, mot de passe, enfants rattachés), "
                + "adressez-vous d'abord au directeur de l'école ou au chef d'établissement de votre "
                + "enfant. Lui seul peut faire corriger votre nom, votre numéro de portable ou une date "
                + "de naissance.")
    }

    private var facts: [(term: String, value: Markup)] {
        var facts: [(term: String, value: Markup)] = []
        if let phone = support.phone {
            let number = phone.filter { $0 == "+" || $0.isNumber }
            facts.append(("Téléphone", a(.href("tel:" + number), text: phone)))
        }
        if let mail = support.mail {
            facts.append(("Mail", a(.href("mailto:" + mail.text), text: mail.text)))
        }
        if let page = support.page { facts.append(("Formulaire", a(.href(page), text: page))) }
        if let hours = support.hours { facts.append(("Horaires", .text(hours))) }
        return facts
    }
}
