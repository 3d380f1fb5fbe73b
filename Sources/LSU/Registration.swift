import Federation
import Tokens

/// What the provider's operator registers for a teleservice: RFC 7591 names, and the operator's own
/// policy under `educonnect` (design D27).
struct Registration {
    let service: LSUConfiguration.Service
    /// The public half of what signs its assertions; each installation has its own.
    var keys: JWKSet?

    var json: JSON {
        let base = service.baseURL
        var members: [String: JSON] = [
            "client_id": .string(service.clientID),
            "client_name": .string(service.kind.name),
            "client_uri": .string(base + "/"),
            "tos_uri": .string(base + "/cgu"),
            "application_type": "web",
            "redirect_uris": [.string(base + TeleservicePaths.callback)],
            "post_logout_redirect_uris": [.string(base + TeleservicePaths.signedOut)],
            "initiate_login_uri": .string(base + TeleservicePaths.initiate),
            "backchannel_logout_uri": .string(base + TeleservicePaths.backChannel),
            "backchannel_logout_session_required": true,
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "scope": .string(service.kind.scope),
            "subject_type": "pairwise",
            "educonnect": .object([
                // The demonstration's teleservices share a host, and are not one service.
                "sector": .string(service.clientID),
                "pkce": "required",
                "consent": "none",
                "entitlements": .array(service.kind.entitlements.map { .string($0) }),
                "introspects": false,
                "tile": service.kind.tile(at: base),
            ]),
        ]
        switch service.authentication {
        case .none:
            members["token_endpoint_auth_method"] = "none"
        case .secretBasic:
            members["token_endpoint_auth_method"] = "client_secret_basic"
        case .secretPost:
            members["token_endpoint_auth_method"] = "client_secret_post"
        case .privateKeyJWT:
            members["token_endpoint_auth_method"] = "private_key_jwt"
            members["token_endpoint_auth_signing_alg"] = .string(ClientKey.algorithm.rawValue)
            members["jwks"] = keys?.json
        }
        return .object(members)
    }
}

/// The addresses that every teleservice of this program has.
enum TeleservicePaths {
    static let start = "/connexion"
    static let callback = "/retour"
    static let initiate = "/initier"
    static let signOut = "/deconnexion"
    static let signedOut = "/deconnexion/retour"
    static let backChannel = "/deconnexion/signal"
    static let terms = "/cgu"
    static let keys = "/jwks"
}
