/// What a client registers about itself. What only the operator decides is not in here (design
/// D27).
///
/// Source: RFC 7591 §2, OpenID Connect Registration 1.0 §2, RP-Initiated Logout 1.0 §3.1,
/// Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2.
public struct ClientMetadata: Sendable, Equatable {
    public enum ApplicationType: String, Sendable, CaseIterable { case web, native }

    public enum AuthenticationMethod: String, Sendable, CaseIterable {
        case clientSecretBasic = "client_secret_basic"
        case clientSecretPost = "client_secret_post"
        case privateKeyJWT = "private_key_jwt"
        case none
    }

    public enum GrantType: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
    }

    public enum ResponseType: String, Sendable, CaseIterable { case code }

    public enum SubjectType: String, Sendable, CaseIterable { case pairwise, `public` }

    public var redirectURIs: [RedirectURI] = []
    public var applicationType = ApplicationType.web
    public var authenticationMethod = AuthenticationMethod.clientSecretBasic
    /// `token_endpoint_auth_signing_alg`; nil leaves all of ours.
    public var authenticationAlgorithm: Algorithm?
    public var grantTypes: [GrantType] = [.authorizationCode]
    public var responseTypes: [ResponseType] = [.code]
    /// All that it may ask for; nil is nothing.
    public var scope: Scope?

    public var clientName: String?
    /// By language tag: `client_name#fr`.
    public var clientNames: [String: String] = [:]
    public var clientURI: String?
    public var logoURI: String?
    public var policyURI: String?
    public var termsURI: String?
    public var contacts: [String] = []
    public var softwareID: String?
    public var softwareVersion: String?

    public var jwks: JWKSet?
    public var jwksURI: String?

    public var idTokenAlgorithm = Algorithm.rs256
    /// Nil: UserInfo answers plain JSON.
    public var userInfoAlgorithm: Algorithm?
    public var subjectType = SubjectType.pairwise
    /// Seconds on the wire.
    public var defaultMaxAge: Duration?
    public var requireAuthTime = false
    public var defaultACRValues: [String] = []
    public var initiateLoginURI: String?
    public var requestURIs: [String] = []

    public var postLogoutRedirectURIs: [RedirectURI] = []
    public var backChannelLogoutURI: String?
    public var backChannelLogoutSessionRequired = false
    public var frontChannelLogoutURI: String?
    public var frontChannelLogoutSessionRequired = false

    public init() {}

    /// The registered URI that a request's `redirect_uri` is; on native clients a loopback port may
    /// vary.
    public func redirectURI(matching requested: String) -> RedirectURI? {
        let portVaries = applicationType == .native
        return redirectURIs.first { $0.matches(requested, loopbackPortVaries: portVaries) }
    }

    public func postLogoutRedirectURI(matching requested: String) -> RedirectURI? {
        postLogoutRedirectURIs.first { $0.matches(requested) }
    }
}

/// All that is wrong with a registration, each with its path.
public struct ClientMetadataErrors: Error, Equatable, Sendable {
    public struct Failure: Equatable, Sendable {
        /// `invalidRedirectURI` or `invalidClientMetadata`.
        public let code: OAuthError.Code
        public let path: String
        public let reason: String
    }

    public let errors: [Failure]

    /// What the registration endpoint answers: the first error's code, all paths.
    public var oauthError: OAuthError {
        OAuthError(
            errors.first?.code ?? .invalidClientMetadata,
            errors.map { "\($0.path): \($0.reason)" }.joined(separator: "; "))
    }
}
