import HTML
import Serving

/// by which service somebody wants to say who they are (J-A-03).
struct ProviderChoicePage: Sendable {
    let client: String
    let base: String

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Choix du compte", width: .narrow) {
            h1(text: "Choisissez un compte pour vous connecter sur \(client)")
            p(
                .class("lead"),
                text: "Chacun de ces services sait qui vous êtes. Ici, tous sont simulés.")
            TileGrid {
                for provider in IdentityProvider.allCases {
                    Tile(
                        title: provider.name, href: "\(base)/fournisseur/\(provider.rawValue)",
                        detail: "Service simulé", id: "provider-\(provider.rawValue)")
                }
            }
            GiveUpForm(client: client, base: base)
        }
    }
}

/// the chosen service's own page (J-A-04).
struct PasswordPage: Sendable {
    static let numberField = "number"
    static let passwordField = "password"
    private static let noticeID = "sign-in-error"

    let provider: IdentityProvider
    let base: String
    let identities: [Identity]
    let number: String
    let isWrong: Bool

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: (isWrong ? "Erreur – " : "") + provider.name, width: .narrow) {
            p(.class("overline"), text: "\(provider.name) (simulation)")
            h1(text: "J'accède avec mon mot de passe")
            if isWrong { Notice(.error, id: Self.noticeID, text: provider.wrongNumber) }
            PostForm(action: "\(base)/fournisseur/\(provider.rawValue)", id: "sign-in-form") {
                TextField(
                    label: provider.numberLabel, name: Self.numberField, value: number,
                    errorAbove: isWrong ? Self.noticeID : nil,
                    placeholder: provider.numberPlaceholder, autocomplete: .username,
                    isAutofocused: number.isEmpty)
                PasswordField(
                    label: "Mot de passe\u{A0}:", name: Self.passwordField,
                    errorAbove: isWrong ? Self.noticeID : nil,
                    placeholder: "Votre mot de passe", isAutofocused: !number.isEmpty)
                SubmitButton("Valider", id: "submit")
            }
            LinkList([a(.href(base), .id("other-provider"), text: "Choisir un autre compte")])
            h2(text: "Pour essayer")
            p(text: "Le mot de passe de chacun est \(Identity.password).")
            Table(
                caption: "Les identités de test",
                columns: ["Numéro", "ou nom court", "Personne", "Pour essayer"],
                rows: identities.map { identity in
                    [
                        .text(identity.number), .text(identity.login),
                        .text(
                            ([identity.displayName, identity.displayBirth]).joined(separator: ", ")),
                        .text(identity.note),
                    ]
                }, id: "identities")
        }
    }
}

/// what the client will learn, before it learns it (J-A-05).
struct InformationPage: Sendable {
    let identity: Identity
    let client: String
    let base: String
    let transmitted: [String]

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Vous êtes identifié", width: .narrow) {
            h1(text: "Bienvenue \(identity.displayName)")
            p(.class("lead"), text: identity.displayBirth)
            if !transmitted.isEmpty {
                p(text: "FranceConnect va transmettre à \(client)\u{A0}:")
                ul { for words in transmitted { li(text: words) } }
            }
            PostForm(action: "\(base)/information", id: "information-form") {
                ButtonRow { SubmitButton("Continuer sur \(client)", id: "continue") }
            }
            GiveUpForm(client: client, base: base)
        }
    }
}

/// The way back to the client without having signed in.
struct GiveUpForm: Component {
    let client: String
    let base: String

    var markup: Markup {
        PostForm(action: "\(base)/abandon", id: "give-up") {
            SubmitButton("Revenir sur \(client) sans me connecter", id: "cancel", kind: .quiet)
        }
    }
}

/// What is at the root, for whoever wonders what this is.
struct HomePage: Sendable {
    let simulator: Simulator

    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Accueil", width: .narrow) {
            h1(text: "Un FranceConnect pour essayer")
            p(
                .class("lead"),
                text: "Ce programme répond comme FranceConnect v2, avec des personnes inventées.")
            p(text: "On n'y vient pas directement\u{A0}: choisissez FranceConnect chez")
            ul { for client in simulator.configuration.clients { li(text: client.name) } }
            p {
                a(
                    .href(simulator.path("/.well-known/openid-configuration")), .id("discovery"),
                    text: "Document de découverte")
            }
        }
    }
}

/// After a sign-out whose client has named no address to go back to.
struct SignedOutPage: Sendable {
    func inside(_ layout: Layout) -> Markup {
        layout.page(title: "Déconnexion", width: .narrow) {
            h1(text: "Vous êtes déconnecté de FranceConnect.")
        }
    }
}
