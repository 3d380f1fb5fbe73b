import Flow

extension OwnPage {
    /// What our own pages are called as a destination (J §3.5).
    public static let serviceName = "Scolarité services"

    /// Below the issuer (D19).
    public var path: String {
        switch self {
        case .portal: "/portail"
        case .account: "/compte"
        case .password: "/compte/mot-de-passe"
        case .email: "/compte/adresse"
        case .children: "/compte/enfants"
        case .regrouping: "/compte/regroupement"
        case .security: "/compte/securite"
        case .identities: "/compte/identites"
        }
    }
}
