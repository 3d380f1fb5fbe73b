import FoundationEssentials

/// An authorization code, found by its reference. Good once, for the client of its grant.
public struct AuthorizationCode: Sendable {
    public var reference: SecretReference
    public var grant: Grant.ID
    /// As the authorization request had it, compared exactly.
    public var redirectURI: String
    /// `code_challenge` of method S256; none only for clients registered as legacy.
    public var codeChallenge: String?
    public var expiresAt: Date

    public init(
        reference: SecretReference, grant: Grant.ID, redirectURI: String, codeChallenge: String?,
        expiresAt: Date
    ) {
        self.reference = reference
        self.grant = grant
        self.redirectURI = redirectURI
        self.codeChallenge = codeChallenge
        self.expiresAt = expiresAt
    }
}

/// A code as a client presents it at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.5).
public struct CodeRedemptionRequest: Sendable {
    public var code: SecretReference
    /// The authenticated (or, for a public client, named) client.
    public var client: String
    public var redirectURI: String?
    /// Computed from the presented `code_verifier`; none if none was presented.
    public var codeChallenge: String?
    /// The thumbprint of the key of the DPoP proof, if there is one.
    public var jkt: String?
    /// What to issue, decided from the grant. Runs inside the transaction, perhaps several times:
    /// it must be pure, with its random bytes drawn beforehand.
    public var issue: @Sendable (Grant) throws -> Issue

    public init(
        code: SecretReference, client: String, redirectURI: String?, codeChallenge: String?,
        jkt: String? = nil,
        issue: @escaping @Sendable (Grant) throws -> Issue
    ) {
        self.code = code
        self.client = client
        self.redirectURI = redirectURI
        self.codeChallenge = codeChallenge
        self.jkt = jkt
        self.issue = issue
    }
}

/// The rows of one token answer.
public struct Issue: Sendable {
    /// None when the access token is a JWT, which needs no row.
    public var accessToken: NewAccessToken?
    public var refreshFamily: NewRefreshFamily?

    public init(accessToken: NewAccessToken?, refreshFamily: NewRefreshFamily? = nil) {
        self.accessToken = accessToken
        self.refreshFamily = refreshFamily
    }
}

/// What became of a presented code.
public enum CodeRedemption: Sendable {
    /// Spent now, and its tokens are written.
    case fresh(Grant)
    /// Spent before: the grant and all that it issued are revoked (RFC 6749 §4.1.2), by this very
    /// call where `revoking`, or else already.
    case replayed(Grant.ID, revoking: Bool)
    /// Another client's code; nothing changed.
    case wrongClient
    /// The right client with the wrong proof: the code is spent, its grant is revoked, nothing is
    /// issued (SR-16).
    case mismatch(CodeMismatch)
    case expired
    /// The account is closed or has changed its password, the session is over, or the grant was
    /// revoked.
    case ended
    case unknown
}

/// What did not agree with the authorization request.
public enum CodeMismatch: Sendable, Equatable {
    case redirectURI, codeVerifier, key
}
