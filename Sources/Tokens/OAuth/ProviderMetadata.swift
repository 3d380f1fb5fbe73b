/// A provider's discovery document.
///
/// Source: OpenID Connect Discovery 1.0 §3, RFC 8414 §2, RFC 9126 §5, RFC 9207 §3, RFC 9449 §5.1,
/// RP-Initiated Logout 1.0 §2.1, Back-Channel Logout 1.0 §2.1, Front-Channel Logout 1.0 §3.
public struct ProviderMetadata: Sendable, Equatable {
    public var issuer: String
    public var authorizationEndpoint: String?
    public var tokenEndpoint: String?
    public var userInfoEndpoint: String?
    public var jwksURI: String?
    public var registrationEndpoint: String?
    public var revocationEndpoint: String?
    public var introspectionEndpoint: String?
    public var endSessionEndpoint: String?
    public var pushedAuthorizationRequestEndpoint: String?
    public var requirePushedAuthorizationRequests: Bool?

    public var scopes: [String] = []
    public var responseTypes: [String] = []
    public var responseModes: [String] = []
    public var grantTypes: [String] = []
    public var acrValues: [String] = []
    public var subjectTypes: [String] = []
    public var idTokenAlgorithms: [String] = []
    public var userInfoAlgorithms: [String] = []
    public var requestObjectAlgorithms: [String] = []
    public var tokenEndpointAuthMethods: [String] = []
    public var tokenEndpointAuthAlgorithms: [String] = []
    public var revocationEndpointAuthMethods: [String] = []
    public var introspectionEndpointAuthMethods: [String] = []
    public var dpopAlgorithms: [String] = []
    public var codeChallengeMethods: [String] = []
    public var displayValues: [String] = []
    public var claimTypes: [String] = []
    public var claims: [String] = []
    public var claimsLocales: [String] = []
    public var uiLocales: [String] = []
    public var promptValues: [String] = []

    public var serviceDocumentation: String?
    public var policyURI: String?
    public var termsURI: String?
    public var claimsParameterSupported: Bool?
    public var requestParameterSupported: Bool?
    public var requestURIParameterSupported: Bool?
    public var requireRequestURIRegistration: Bool?
    public var authorizationResponseIssSupported: Bool?
    public var backChannelLogoutSupported: Bool?
    public var backChannelLogoutSessionSupported: Bool?
    public var frontChannelLogoutSupported: Bool?
    public var frontChannelLogoutSessionSupported: Bool?

    public init(issuer: String) {
        self.issuer = issuer
    }
}
