import FoundationEssentials
import Flow
import HTML
import Serving
import Store
import Tokens
import Web

/// Asks a signed-in person whether a teleservice may have what it asks for. Shown only for clients
/// that the operator registered so, and for `prompt=consent` (D9).
struct ConsentStep: AuthenticationStep {
    static let id = StepID.consent

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        var person: String?
        if let account = interaction.account?.id {
            person = try await context.desk.store.read { try $0.personName(of: account) }
        }
        // Only a teleservice asks for a consent.
        guard let client = context.client, let request = interaction.destination.request else {
            throw PageError.notFound
        }
        return ConsentPage(
            form: context.form, teleservice: client.displayName,
            host: request.target.uri.origin ?? "", person: person, scope: request.scope,
            entitlements: client.policy.entitlements)
    }

    /// The button is the answer; the scopes are those of the frozen request, whatever the form says.
    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let request = interaction.destination.request else { throw PageError.notFound }
        return Transition(facts: [.decided(.consented(request.scope), at: context.now)])
    }
}

/// Names the teleservice, its host and the person who is signed in, and says in plain words what each
/// scope sends: every claim of the one table that UserInfo reads (SR-13).
struct ConsentPage: Page {
    let form: StepForm
    let teleservice: String
    let host: String
    /// Who is signed in.
    let person: String?
    let scope: Scope
    let entitlements: Set<UserClaims.Entitlement>

    var title: String { "Autoriser «\u{A0}\(teleservice)\u{A0}»\u{A0}?" }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: title)
        if let person { SignedInPerson(name: person) }
        p(.class("lead"), text: "Ce service (\(host)) demande à recevoir\u{A0}:")
        ul(.id("scopes")) {
            for name in scope.values {
                let parts = parts(of: name)
                if !parts.isEmpty { li(text: parts.joined(separator: ", ")) }
            }
        }
        p(.class("hint"), text: "Seul ce qu'EduConnect connaît de vous lui est transmis.")
        PostForm(action: form.action, id: "consent-form", hidden: form.hidden) {
            ButtonRow {
                SubmitButton("Autoriser", id: "allow")
                SubmitButton(
                    "Refuser", id: "cancel", kind: .secondary, name: StepField.action,
                    value: StepField.cancel)
            }
        }
    }

    /// What a scope sends, each thing once.
    func parts(of scope: String) -> [String] {
        switch scope {
        case Scope.openID: return ["un identifiant qui lui est propre, pour vous reconnaître"]
        case Scope.offlineAccess:
            return ["l'accès à ces informations en votre absence, jusqu'à 180 jours"]
        default: break
        }
        var parts: [String] = []
        for words in UserClaims.names(for: scope).compactMap({ Self.words[$0] })
        where !parts.contains(words) {
            parts.append(words)
        }
        if scope == "scolarite" {
            if entitlements.contains(.birthdate) { parts.append("leur date de naissance") }
            if entitlements.contains(.ine) { parts.append("leur identifiant national (INE)") }
        }
        return parts
    }

    /// Each claim as a parent calls it.
    static let words = [
        "name": "votre nom et votre prénom",
        "given_name": "votre nom et votre prénom",
        "family_name": "votre nom et votre prénom",
        "middle_name": "vos autres prénoms",
        "nickname": "votre surnom",
        "preferred_username": "votre identifiant EduConnect",
        "profile": "l'adresse de votre page, de votre photo et de votre site",
        "picture": "l'adresse de votre page, de votre photo et de votre site",
        "website": "l'adresse de votre page, de votre photo et de votre site",
        "gender": "votre sexe",
        "birthdate": "votre date de naissance",
        "zoneinfo": "votre fuseau horaire et votre langue",
        "locale": "votre fuseau horaire et votre langue",
        "updated_at": "la date de leur dernière mise à jour",
        "email": "votre adresse mail",
        "email_verified": "votre adresse mail",
        "phone_number": "votre numéro de téléphone portable",
        "phone_number_verified": "votre numéro de téléphone portable",
        "address": "votre adresse postale",
        "children":
            "le prénom, le nom, le niveau et l'école de vos enfants, avec un identifiant propre à ce "
            + "service",
        "civility": "votre civilité",
        "FrEduCtId": "un identifiant qui lui est propre",
        "FrEduCtPersonAffiliation": "votre qualité de responsable d'élève du 1er ou du 2d degré",
        "FrEduCtRefId": "vos références dans l'annuaire de l'éducation nationale",
        "FrEduCtDateConnexion": "la date et le moyen de votre connexion",
        "FrEduOrigAuth": "la date et le moyen de votre connexion",
    ]
}
