import FoundationEssentials
import Flow
import Hummingbird
import Serving
import Tokens
import Web

/// What the provider says of itself, made of the parts that keep the word: a grant type, a method or a
/// claim that is not there is not listed.
///
/// Source: OpenID Connect Discovery 1.0 §3 and §4, RFC 8414 §2 and §3 (the same document at both paths).
struct DiscoveryEndpoint: Sendable {
    static let path = "/.well-known/openid-configuration"
    static let oauthPath = "/.well-known/oauth-authorization-server"

    static let maxAge = Duration.seconds(3600)

    private let desk: Desk
    private let document: PublishedDocument

    /// Paths of the endpoints that a browser visits.
    struct BrowserPaths: Sendable {
        var authorization: String
        var endSession: String
    }

    init(desk: Desk, grantTypes: [any GrantType], browserPaths: BrowserPaths) {
        self.desk = desk
        let names = grantTypes.map(\.name.rawValue)
        document = PublishedDocument(maxAge: Self.maxAge) { keyRing, now in
            Self.metadata(
                issuer: desk.issuer, grantTypes: names, browserPaths: browserPaths,
                algorithms: keyRing.algorithms(at: now)
            ).serialized()
        }
    }

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        document.answer(request, desk.keys.current, at: desk.now)
    }

    /// - Parameter algorithms: those that a key of ours signs with now.
    static func metadata(
        issuer: String, grantTypes: [String], browserPaths: BrowserPaths, algorithms: [Algorithm]
    ) -> ProviderMetadata {
        var metadata = ProviderMetadata(issuer: issuer)
        metadata.authorizationEndpoint = issuer + browserPaths.authorization
        metadata.endSessionEndpoint = issuer + browserPaths.endSession
        metadata.tokenEndpoint = issuer + TokenEndpoint.path
        metadata.userInfoEndpoint = issuer + UserInfoEndpoint.path
        metadata.jwksURI = issuer + JWKSetEndpoint.path
        metadata.revocationEndpoint = issuer + RevocationEndpoint.path
        metadata.introspectionEndpoint = issuer + IntrospectionEndpoint.path

        metadata.scopes = OfferedScopes.names
        metadata.claims = UserClaims.supportedNames
        metadata.responseTypes = ClientMetadata.ResponseType.allCases.map(\.rawValue)
        metadata.responseModes = ResponseMode.allCases.map(\.rawValue)
        metadata.grantTypes = grantTypes
        metadata.acrValues = AuthenticationContext.offered.map(\.rawValue)
        metadata.subjectTypes = ClientMetadata.SubjectType.allCases.map(\.rawValue)
        metadata.promptValues = AuthorizationRequest.Prompt.allCases.map(\.rawValue)
        metadata.codeChallengeMethods = ["S256"]
        metadata.claimTypes = ["normal"]
        metadata.uiLocales = ["fr"]

        let signing = algorithms.map(\.rawValue)
        metadata.idTokenAlgorithms = signing
        metadata.userInfoAlgorithms = signing
        let methods = ClientAuthentication.methods.map(\.rawValue)
        metadata.tokenEndpointAuthMethods = methods
        metadata.tokenEndpointAuthAlgorithms = Algorithm.allCases.map(\.rawValue)
        metadata.revocationEndpointAuthMethods = methods
        metadata.introspectionEndpointAuthMethods = IntrospectionEndpoint.methods.map(\.rawValue)

        // Said explicitly, because the default of the last one is true.
        metadata.claimsParameterSupported = false
        metadata.requestParameterSupported = false
        metadata.requestURIParameterSupported = false
        metadata.authorizationResponseIssSupported = true
        // A logout token names the session by the `sid` that every ID token has.
        metadata.backChannelLogoutSupported = true
        metadata.backChannelLogoutSessionSupported = true
        return metadata
    }
}
