import HTML
import Serving

/// The first page, which anybody may read.
struct HomePage: Sendable {
    let kind: TeleserviceKind
    /// Who is signed in already, and their way out.
    let user: Layout.UserMenu?

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Accueil", width: .narrow, user: user) {
            h1(text: kind.slogan)
            p(.class("lead"), text: lead)
            if user != nil {
                LinkButton("Continuer", href: kind.landing, id: "continue", kind: .primary)
            } else {
                LinkButton(
                    "Se connecter avec EduConnect", href: TeleservicePaths.start, id: "sign-in",
                    kind: .primary)
            }
        }
    }

    private var lead: String {
        switch kind {
        case .lsu: "Consultez les bilans de vos enfants, du CP à la 3e."
        case .inscription: "Inscrivez votre enfant dans son prochain établissement."
        }
    }
}

/// A sign-in that did not succeed.
struct SignInFailurePage: Sendable {
    let failure: SignInFailure
    let reference: CorrelationID

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Connexion", width: .narrow) {
            h1(text: words.title)
            p(.class("lead"), text: words.text)
            ButtonRow {
                LinkButton(
                    "Se connecter avec EduConnect", href: TeleservicePaths.start, id: "sign-in",
                    kind: .primary)
                LinkButton("Revenir à l'accueil", href: "/", id: "home")
            }
            // Nobody needs help with what they chose themselves.
            if failure != .cancelled {
                SupportReference(reference, contact: layout.product.contact)
            }
        }
    }

    private var words: (title: String, text: String) {
        switch failure {
        case .cancelled:
            (
                "Connexion annulée",
                "Vous n'êtes pas connecté. Vous pouvez recommencer quand vous voulez."
            )
        case .stale:
            (
                "Cette connexion n'est plus valable",
                "Elle a été commencée dans un autre navigateur, ou il y a trop longtemps. Recommencez."
            )
        case .unavailable:
            (
                "La connexion n'a pas abouti",
                "EduConnect est momentanément indisponible. Réessayez dans quelques minutes."
            )
        }
    }
}

/// After `/deconnexion`.
struct SignedOutPage: Sendable {
    let kind: TeleserviceKind

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Déconnexion", width: .narrow) {
            h1(text: "Vous êtes déconnecté.")
            p(.class("lead"), text: "Fermez votre navigateur si vous partagez cet appareil.")
            LinkButton(
                "Se connecter avec EduConnect", href: TeleservicePaths.start, id: "sign-in",
                kind: .primary)
        }
    }
}

/// A parent to whom the directory attaches no child.
struct NoChildPage: Sendable {
    func inside(_ layout: Layout, _ parent: SignedInParent) -> Markup {
        layout.page(title: "Aucun enfant", width: .narrow, user: parent.menu) {
            h1(text: "Aucun enfant n'est rattaché à votre compte")
            p(
                .class("lead"),
                text: "Adressez-vous au directeur de l'école ou au chef d'établissement, qui peut "
                    + "vérifier votre dossier.")
        }
    }
}
