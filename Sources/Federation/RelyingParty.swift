import FoundationEssentials
import Outgoing
import Tokens

/// A client of one standard OpenID Connect provider: code flow with PKCE, `state` and `nonce`.
///
/// Source: OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9207, RFC 9700.
public struct RelyingParty: UpstreamProvider {
    public enum Authentication: Sendable {
        /// A public client: PKCE alone.
        case none
        case secretBasic(Secret)
        case secretPost(Secret)
        /// RFC 7523: the key registered at the provider.
        case privateKeyJWT(Signer)
    }

    /// Where a person's claims come from.
    public enum UserInfo: Sendable {
        /// The ID token alone.
        case unused
        /// The UserInfo endpoint, where there is one.
        case plainOrSigned
        /// The UserInfo endpoint; what it answers must be a JWT signed for us alone.
        case signed
    }

    public struct Configuration: Sendable {
        /// Compared byte for byte with metadata, responses and tokens (SR-36).
        public var issuer: String
        public var clientID: String
        public var authentication: Authentication
        /// One callback address for this issuer alone (security.md 2.30).
        public var redirectURI: String
        public var scope: Scope
        public var postLogoutRedirectURI: String?
        public var idTokenAlgorithms: Set<Algorithm> = Algorithm.all
        /// False only for providers that refuse unknown parameters.
        public var usesPKCE = true
        public var userInfo = UserInfo.plainOrSigned
        /// Refuses responses without `iss` even where the metadata announces none (RFC 9207).
        public var requiresIssuerInResponse = false
        /// How far clocks may differ.
        public var leeway: Duration = .seconds(10)
        /// Tokens signed longer ago are refused, whatever their `exp`; nil: `exp` decides.
        public var tokenAgeMax: Duration?
        /// How long the browser may stay at the provider.
        public var signInLifetime: Duration = PendingSignIn.lifetime

        public init(
            issuer: String, clientID: String, authentication: Authentication, redirectURI: String,
            scope: Scope,
            postLogoutRedirectURI: String? = nil
        ) {
            self.issuer = issuer
            self.clientID = clientID
            self.authentication = authentication
            self.redirectURI = redirectURI
            self.scope = scope
            self.postLogoutRedirectURI = postLogoutRedirectURI
        }
    }

    public let configuration: Configuration
    let http: any OutgoingHTTP
    let metadata: RemoteDocument<ProviderMetadata>
    let keySet: RemoteKeySet

    /// Nothing is fetched before the first sign-in.
    public init(_ configuration: Configuration, http: any OutgoingHTTP) {
        self.configuration = configuration
        self.http = http
        let issuer = configuration.issuer
        let metadata = RemoteDocument { () async throws(FederationError) -> ProviderMetadata in
            try await Discovery.fetch(issuer: issuer, http)
        }
        self.metadata = metadata
        keySet = RemoteKeySet(metadata, http)
    }

    public func start(
        _ wish: SignInWish, at now: Date, random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn {
        let metadata = try await metadata.current(at: now)
        return try AuthorizationRedirect(configuration, metadata).begin(
            wish, at: now, random: random)
    }

    public func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity {
        let metadata = try await metadata.current(at: now)
        let code = try AuthorizationRedirect(configuration, metadata).code(
            of: response, pending, at: now)
        let tokens = try await CodeExchange(configuration, metadata, http)
            .redeem(code, verifier: pending.verifier, at: now, random: random)
        let verifier = IDTokenVerifier(configuration, keySet)
        let claims = try await verifier.claims(of: tokens, pending, at: now)
        let further: JSONMembers
        switch (configuration.userInfo, metadata.userInfoEndpoint) {
        case (.plainOrSigned, let endpoint?), (.signed, let endpoint?):
            let request = UserInfoRequest(configuration, endpoint, http, keySet)
            further = try await request.claims(
                with: tokens.accessToken, of: claims.subject, at: now)
        case (.signed, nil):
            throw .unusableMetadata("userinfo_endpoint is missing")
        case (.unused, _), (.plainOrSigned, nil):
            further = JSONMembers(claims.further)
        }
        return FederatedIdentity(
            issuer: claims.issuer, subject: claims.subject, acr: claims.acr, amr: claims.amr,
            authenticatedAt: claims.authenticatedAt, sessionID: claims.sessionID, claims: further,
            idToken: tokens.idToken, wish: pending.wish)
    }

    /// Source: OpenID Connect RP-Initiated Logout 1.0 §2.
    public func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String? {
        let metadata = try await metadata.fetch(at: now)
        guard let endpoint = metadata.endSessionEndpoint else { return nil }
        var query = [("client_id", configuration.clientID)]
        if let idToken { query.append(("id_token_hint", idToken.text)) }
        if let uri = configuration.postLogoutRedirectURI {
            query.append(("post_logout_redirect_uri", uri))
        }
        if let state { query.append(("state", state)) }
        return try Discovery.browserURL(endpoint, "end_session_endpoint").appending(query: query)
    }

    /// Checks a logout token that the provider posted. The caller remembers its `id` against
    /// replays.
    ///
    /// Source: OpenID Connect Back-Channel Logout 1.0 §2.6.
    public func logoutToken(
        _ text: String, at now: Date
    ) async throws(FederationError) -> LogoutTokenClaims {
        _ = try await metadata.current(at: now)  // the key set reads its address there
        return try await IDTokenVerifier(configuration, keySet).logoutClaims(of: text, at: now)
    }
}
