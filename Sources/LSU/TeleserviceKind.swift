import Serving
import Tokens

/// The teleservices that this program can be.
enum TeleserviceKind: String, Sendable, CaseIterable {
    /// « Livret Scolaire (CP - 3e) »
    case lsu
    /// « Inscription en ligne »: shows who is signed in, so that single sign-on can be seen.
    case inscription

    /// As the portal and its own header call it.
    var name: String {
        switch self {
        case .lsu: "Livret Scolaire (CP - 3e)"
        case .inscription: "Inscription en ligne"
        }
    }

    var slogan: String {
        switch self {
        case .lsu: "Livret Scolaire Unique du CP à la 3ème"
        case .inscription: "L'inscription de votre enfant dans son établissement"
        }
    }

    /// The page that a sign-in leads to.
    /// Its place on the portal: for whom it is, and what a child's tile opens.
    func tile(at base: String) -> JSON {
        switch self {
        case .lsu:
            let target = base + landing + "?" + SignInRoutes.childParameter + "={child}"
            let levels = ["CP", "CE1", "CE2", "CM1", "CM2", "6E", "5E", "4E", "3E"]
            return .object([
                "icon": "book", "target": .string(target),
                "levels": .array(levels.map { .string($0) }), "accounts": ["guardian"],
            ])
        case .inscription:
            return .object([
                "icon": "school", "target": .string(base + landing), "levels": ["CM2"],
                "sectors": ["public"], "accounts": ["guardian"],
            ])
        }
    }

    var landing: String {
        switch self {
        case .lsu: "/livrets"
        case .inscription: "/inscription"
        }
    }

    /// In cookie names, since several programs share a host in development.
    var cookieName: String { rawValue }

    var scope: String { "openid profile scolarite" }

    /// What the operator must allow besides the scope: the reports are kept under the pupil's
    /// number.
    var entitlements: [String] {
        switch self {
        case .lsu: ["ine"]
        case .inscription: []
        }
    }

    /// - Parameter issuer: EduConnect's own pages of contact, legal notice and help are linked there
    ///   (J-G-12).
    func layout(issuer: String) -> Layout {
        Layout(
            product: Layout.Product(
                name: name, slogan: slogan, home: "/", version: "v1.0.0",
                footer: [
                    Layout.Link("Contacts", issuer + "/contact"),
                    Layout.Link("Mentions légales", issuer + "/mentions-legales"),
                    Layout.Link("Aide", issuer + "/aide"),
                    Layout.Link("Conditions générales d'utilisation", TeleservicePaths.terms),
                ],
                contact: issuer + "/contact"))
    }
}
