import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// What anybody may read: the discovery document and the keys.
struct PublishedRoutes: Sendable {
    private static let headers: HTTPFields = [
        .contentType: "application/json; charset=utf-8", .cacheControl: "public, max-age=600",
        .crossOriginResourcePolicy: "cross-origin",
    ]

    let simulator: Simulator
    private var faults: LineFaults { LineFaults(conduct: simulator.conduct) }

    init(simulator: Simulator) { self.simulator = simulator }

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(simulator.path("/.well-known/openid-configuration"))) { _, _ in
            try await faults.answer(at: .discovery) {
                JSONResponse(metadata.serialized(), headers: Self.headers).response
            }
        }
        router.get(RouterPath(simulator.path("/jwks"))) { _, _ in
            try await faults.answer(at: .jwks) {
                JSONResponse(keys.serialized(), headers: Self.headers).response
            }
        }
        for word in ["live", "ready"] {
            router.get(RouterPath("/health/\(word)")) { _, _ in
                JSONResponse(Array("{\"status\":\"\(word)\"}\n".utf8))
            }
        }
    }

    /// As FranceConnect v2 shows it, HS256 and PKCE included, neither of which works for a client:
    /// HS256 is for those of the first version, and `code_challenge` is an unknown parameter.
    private var metadata: ProviderMetadata {
        let issuer = simulator.configuration.issuer
        var metadata = ProviderMetadata(issuer: issuer)
        metadata.authorizationEndpoint = issuer + "/authorize"
        metadata.tokenEndpoint = issuer + "/token"
        metadata.userInfoEndpoint = issuer + "/userinfo"
        metadata.jwksURI = issuer + "/jwks"
        metadata.endSessionEndpoint = issuer + "/session/end"
        metadata.scopes = ReleasedClaims.knownScopes.sorted()
        metadata.claims = (ReleasedClaims.all.union(Self.tokenClaims)).sorted()
        metadata.responseTypes = ["code"]
        metadata.responseModes = ["query"]
        metadata.grantTypes = ["authorization_code"]
        metadata.acrValues = [AuthorizationRequest.level]
        metadata.subjectTypes = ["pairwise"]
        metadata.idTokenAlgorithms = Self.algorithms
        metadata.userInfoAlgorithms = Self.algorithms
        metadata.tokenEndpointAuthMethods = ["client_secret_post", "private_key_jwt"]
        metadata.tokenEndpointAuthAlgorithms = ["ES256", "RS256"]
        metadata.codeChallengeMethods = ["S256"]
        metadata.claimTypes = ["normal"]
        metadata.claimsParameterSupported = true
        metadata.requestParameterSupported = false
        metadata.requestURIParameterSupported = false
        metadata.authorizationResponseIssSupported = true
        return metadata
    }

    private static let algorithms = ["ES256", "HS256", "RS256"]
    private static let tokenClaims: Set = ["sub", "acr", "amr", "auth_time", "iss", "nonce"]

    private var keys: JSON {
        let published = simulator.keys.current.published(at: simulator.environment.now()).json
        guard case .array(let keys)? = published.member("keys") else { return published }
        switch simulator.conduct.misbehaviour(at: .jwks) {
        case .noKeyIDs:
            return ["keys": .array(keys.map(Self.withoutName))]
        case .duplicateKeys:
            return ["keys": .array(keys + keys)]
        default:  // what else goes wrong with keys is an affair of the line
            return published
        }
    }

    private static func withoutName(_ key: JSON) -> JSON {
        guard case .object(var members) = key else { return key }
        members["kid"] = nil
        return .object(members)
    }
}
