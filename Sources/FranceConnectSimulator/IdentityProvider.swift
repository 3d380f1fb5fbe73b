/// The services that can say who somebody is (« fournisseurs d'identité »), as a demonstration needs
/// them: their names in plain text, all with the same people.
enum IdentityProvider: String, Sendable, CaseIterable {
    case impots
    case ameli
    case laposte
    case msa

    var name: String {
        switch self {
        case .impots: "impots.gouv.fr"
        case .ameli: "ameli.fr"
        case .laposte: "La Poste"
        case .msa: "msa.fr"
        }
    }

    /// What people type there besides their password (J-A-04).
    var numberLabel: String {
        switch self {
        case .impots: "Numéro fiscal\u{A0}:"
        case .ameli, .msa: "Numéro de sécurité sociale\u{A0}:"
        case .laposte: "Identifiant\u{A0}:"
        }
    }

    var numberPlaceholder: String {
        switch self {
        case .impots: "Votre numéro fiscal"
        case .ameli, .msa: "Votre numéro de sécurité sociale"
        case .laposte: "Votre identifiant"
        }
    }

    var wrongNumber: String {
        switch self {
        case .impots: "Numéro fiscal ou mot de passe incorrect."
        case .ameli, .msa: "Numéro de sécurité sociale ou mot de passe incorrect."
        case .laposte: "Identifiant ou mot de passe incorrect."
        }
    }
}
