import Flow
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// The pages that anybody may read: contact, legal notice, help (J-G-12, J-S-12).
public struct InformationPages: Sendable {
    public static let contactPath = "/contact"
    public static let legalPath = "/mentions-legales"
    public static let helpPath = "/aide"

    let desk: Desk
    let support: SupportContact

    public init(desk: Desk, support: SupportContact) {
        self.desk = desk
        self.support = support
    }

    public func addRoutes(to router: Router<ServingContext>) {
        let pages: [(String, any Page)] = [
            (Self.contactPath, ContactPage(support: support)),
            (Self.legalPath, LegalPage(cookies: desk.cookies, policy: desk.policy)),
            (Self.helpPath, HelpPage(policy: desk.policy)),
        ]
        for (path, page) in pages {
            // The text never changes while the program runs.
            router.get(RouterPath(path)) { [desk] _, _ in desk.layout.response(page) }
        }
    }
}

extension RegisteredClient {
    /// Where a new sign-in begins: at the address that the teleservice registered for that (OpenID
    /// Connect Core §4), else at its first page.
    func signInEntry(issuer: String) -> String? {
        guard let address = metadata.initiateLoginURI else { return metadata.clientURI }
        return address + (address.contains("?") ? "&" : "?") + Form.encode([("iss", issuer)])
    }
}

/// Mentions légales.
struct LegalPage: Page {
    let cookies: CookieNames
    let policy: Policy

    var title: String { "Mentions légales" }
    var width: Layout.Width { .normal }

    var content: Markup {
        h1(text: title)
        p(
            text:
                "EduConnect est un service du ministère chargé de l'éducation nationale. Il traite les "
                + "données des responsables légaux et de leurs enfants pour leur donner accès aux "
                + "téléservices auxquels ils ont droit.")
        p(
            text: "Toute personne peut obtenir communication et, le cas échéant, rectification des "
                + "informations la concernant en s'adressant au directeur de l'école ou au chef "
                + "d'établissement.")
        p(
            text:
                "EduConnect dépose trois cookies, tous indispensables à la connexion. Aucun ne sert à "
                + "la mesure d'audience.")
        ul { for point in points { li(text: point) } }
        BesideSignIn()
        WayOn(to: nil)
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
