import FoundationEssentials
import Store

/// Something noted of an account, in words for its owner: who adds a kind to the audit decides here
/// whether a parent reads it.
struct RecentEvent: Sendable {
    let at: Date
    let words: String

    /// Nil for a kind without words.
    ///
    /// - Parameter names: of teleservices, by id.
    init?(_ event: AuditEvent, _ names: [String: String]) {
        let service = event.client.flatMap { names[$0] }.map { "«\u{A0}\($0)\u{A0}»" }
        guard let words = Self.words(event.kind, event.detail, service) else { return nil }
        at = event.at
        self.words = words
    }

    private static func words(
        _ kind: AuditKind, _ detail: String, _ service: String?
    ) -> String? {
        switch kind {
        case .signedIn: service.map { "Connexion, pour accéder à \($0)" } ?? "Connexion"
        case .singleSignOn: service.map { "Accès à \($0)" }
        case .signedOut: "Déconnexion"
        case .signInRefused: "Connexion refusée"
        case .triesUsedUp: "Trop de tentatives\u{A0}: attente imposée"
        case .sessionsEnded: "Fermeture de sessions depuis cette page"
        case .consentWithdrawn: service.map { "Autorisation retirée à \($0)" }
        case .activationOpened: "Connexion avec un mot de passe provisoire"
        case .activationSubmitted: "Formulaire d'activation validé"
        case .activated: "Compte activé"
        case .addressGiven:
            detail == "kept" ? "Email de validation envoyé" : "Nouvelle adresse mail saisie"
        case .addressConfirmed: "Adresse mail confirmée"
        case .addressAbandoned: "Changement d'adresse mail abandonné"
        case .passwordChanged, .passwordReplaced: "Mot de passe modifié"
        case .passwordRecovered: "Mot de passe réinitialisé (mot de passe perdu)"
        case .passwordRefused: "Modification du mot de passe refusée"
        case .identifierReminded: "Rappel de l'identifiant demandé"
        case .resetMailed: "Réinitialisation du mot de passe demandée par mail"
        case .resetRefused: "Réinitialisation du mot de passe refusée"
        case .codeSent: "Code envoyé par SMS"
        case .codeProved: "Code SMS saisi"
        case .codeRefused: "Code SMS refusé"
        case .linked: "Identité liée au compte"
        case .linkRefused: "Liaison d'une identité refusée"
        case .unlinked: "Identité retirée du compte"
        case .regrouped, .merged, .absorbed: "Regroupement de comptes"
        case .separated: "Regroupement de comptes annulé"
        case .regroupingRefused: "Regroupement de comptes refusé"
        // Steps on the way to what is told above.
        case .upstreamProved, .upstreamUnlinked, .upstreamRefused, .birthDatesProved,
            .birthDatesRefused, .birthDateRefused, .activationRefused, .codeWithheld:
            nil
        // Of nobody's account, or for the assistance alone.
        case .reminderRefused, .codeReplayed, .refreshTokenReused, .messageRefused,
            .messageExpired, .clientAdded, .clientRemoved, .keyRotated, .keyForgotten,
            .mustChangeSet:
            nil
        }
    }
}
