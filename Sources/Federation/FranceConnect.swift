import FoundationEssentials
import Outgoing
import Tokens

/// FranceConnect version 2, which is OpenID Connect with rules of its own.
///
/// It refuses every parameter that it doesn't list (PKCE, `max_age` and `login_hint` too) with a page
/// of its own, knows no Basic authentication, signs UserInfo, and gives tokens a minute to live. It
/// has no back-channel logout: how long a session of ours lasts is for us alone to bound.
///
/// Source: FranceConnect's documentation for service providers and its published source.
public struct FranceConnect: UpstreamProvider {
    /// How we show who we are. There is no Basic.
    public enum Authentication: Sendable {
        case secretPost(Secret)
        /// ES256 or RS256, registered at FranceConnect.
        case privateKeyJWT(Signer)

        public var standard: RelyingParty.Authentication {
            switch self {
            case .secretPost(let secret): .secretPost(secret)
            case .privateKeyJWT(let signer): .privateKeyJWT(signer)
            }
        }
    }

    public struct Configuration: Sendable {
        public var issuer: String
        public var clientID: String
        public var authentication: Authentication
        /// One callback address for this issuer alone (security.md 2.30).
        public var redirectURI: String
        /// An address of its own, registered apart from the callback.
        public var postLogoutRedirectURI: String?
        public var scope = FranceConnect.identityScope
        /// Asked for where the wish names none; FranceConnect refuses a request without.
        public var acrValues = [FranceConnect.level]
        /// Asks by which means the person signed in. FranceConnect must have allowed it, or answers
        /// with an error page.
        public var asksForMeans = false
        /// How long the browser may stay at FranceConnect: as long as its own session there.
        public var signInLifetime: Duration = .seconds(30 * 60)

        public init(
            issuer: String, clientID: String, authentication: Authentication, redirectURI: String,
            postLogoutRedirectURI: String? = nil
        ) {
            self.issuer = issuer
            self.clientID = clientID
            self.authentication = authentication
            self.redirectURI = redirectURI
            self.postLogoutRedirectURI = postLogoutRedirectURI
        }
    }

    /// The level of all that version 2 signs in.
    public static let level = "eidas1"

    /// What the match with a school's record needs, and nothing beyond (RGPD article 5: minimisation).
    /// Schools hold names and titles, but no birth dates and no birthplaces of parents.
    public static let identityScope =
        Scope("openid given_name family_name preferred_username gender") ?? .empty

    /// All else is a page that says Y030007.
    private static let prompts: Set = ["login", "consent", "login consent"]
    /// Of tokens that live a minute; the leeway comes on top.
    private static let tokenAgeMax: Duration = .seconds(60)
    private static let leeway: Duration = .seconds(60)

    public let configuration: Configuration
    private let party: RelyingParty

    /// Nothing is fetched before the first sign-in.
    public init(_ configuration: Configuration, http: any OutgoingHTTP) {
        self.configuration = configuration
        var standard = RelyingParty.Configuration(
            issuer: configuration.issuer, clientID: configuration.clientID,
            authentication: configuration.authentication.standard,
            redirectURI: configuration.redirectURI,
            scope: configuration.scope,
            postLogoutRedirectURI: configuration.postLogoutRedirectURI)
        standard.idTokenAlgorithms = [.es256, .rs256]
        standard.usesPKCE = false
        standard.userInfo = .signed
        standard.requiresIssuerInResponse = true
        standard.leeway = Self.leeway
        standard.tokenAgeMax = Self.tokenAgeMax
        standard.signInLifetime = configuration.signInLifetime
        party = RelyingParty(standard, http: http)
    }

    /// The wish's `maxAge` is not sent but checked on return; its `loginHint` is left out. `prompt`
    /// doesn't make FranceConnect ask for a password again.
    public func start(
        _ wish: SignInWish, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn {
        if let prompt = wish.prompt, !Self.prompts.contains(prompt) {
            throw .notOffered("prompt \(prompt)")
        }
        var wish = wish
        // The answer's level is compared with these, so they are kept as they are sent.
        if wish.acrValues.isEmpty { wish.acrValues = configuration.acrValues }
        let redirect = AuthorizationRedirect(
            party.configuration, try await party.metadata.current(at: now))
        // 64 digits: the one form that its older platforms take too.
        let pending = try redirect.pending(wish, at: now, random: random, nonce: Hexadecimal.encode)
        var query = redirect.parameters(pending)
        query.append(("acr_values", wish.acrValues.joined(separator: " ")))
        if let prompt = wish.prompt { query.append(("prompt", prompt)) }
        if configuration.asksForMeans {
            query.append(("claims", #"{"id_token":{"amr":{"essential":true}}}"#))
        }
        return try redirect.started(pending, query)
    }

    /// The claims are those of UserInfo: read them as a `PivotIdentity`.
    public func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity {
        try await party.finish(response, pending, at: now, random: random)
    }

    /// Nil without the ID token of the sign-in, however old: FranceConnect ends no session without
    /// it. Only the browser can do it, with a `state` made for this sign-out.
    public func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String? {
        guard let idToken else { return nil }
        guard let endpoint = try await party.metadata.fetch(at: now).endSessionEndpoint else {
            return nil
        }
        var query = [("id_token_hint", idToken.text)]
        if let state { query.append(("state", state)) }
        if let uri = configuration.postLogoutRedirectURI {
            query.append(("post_logout_redirect_uri", uri))
        }
        return try Discovery.browserURL(endpoint, "end_session_endpoint").appending(query: query)
    }
}
