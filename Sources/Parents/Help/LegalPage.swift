import Flow
import HTML
import Markdown
import Serving
import Web

/// Mentions légales. The operator may say whose service this is and what rights people have; what the
/// cookies do is said by the program that sets them.
struct LegalPage: Page {
    let cookies: CookieNames
    let policy: Policy
    let text: MarkdownText?

    var title: String { "Mentions légales" }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        section { if let text { text.content } else { service } }
        section(.id("cookies")) {
            h2(text: "Cookies")
            p(
                text:
                    "EduConnect dépose trois cookies, tous indispensables à la connexion. Aucun ne sert à "
                    + "la mesure d'audience.")
            ul { for point in points { li(text: point) } }
        }
        BesideSignIn()
        WayOn(to: nil)
    }

    @MarkupBuilder private var service: Markup {
        p(
            text:
                "EduConnect est un service du ministère chargé de l'éducation nationale. Il traite les "
                + "données des responsables légaux et de leurs enfants pour leur donner accès aux "
                + "téléservices auxquels ils ont droit.")
        p(
            text:
                "Toute personne peut obtenir communication et, le cas échéant, rectification des "
                + "informations la concernant en s'adressant au directeur de l'école ou au chef "
                + "d'établissement.")
    }

    private var points: [String] {
        let memory = policy.passwordAttempts.browserMemory.wholeSeconds / 86_400
        let hours = policy.session.absolute.wholeSeconds / 3600
        let idle = policy.session.idle.wholeSeconds / 60
        return [
            "\(cookies.browser) reconnaît votre navigateur pendant la connexion, et d'une connexion à "
                + "l'autre pour que les essais d'un inconnu ne bloquent pas votre compte\u{A0}: il est "
                + "gardé \(memory) jours.",
            "\(cookies.proof) atteste, pendant la connexion, que c'est dans votre navigateur que le mot "
                + "de passe a été saisi\u{A0}: il disparaît à la fin de la connexion, ou quand vous "
                + "fermez le navigateur.",
            "\(cookies.session) garde votre session ouverte\u{A0}: il disparaît quand vous vous "
                + "déconnectez ou fermez le navigateur, et la session prend fin au bout de \(hours) "
                + "heures, ou de \(idle) minutes sans utilisation.",
        ]
    }
}
