import FoundationEssentials
import Tokens

/// A person as a provider vouches for them, every check done.
///
/// `issuer` and `subject` together are the only key (SR-37); all other claims may change.
public struct FederatedIdentity: Sendable {
    public let issuer: String
    public let subject: String
    /// What the provider asserted, never raised.
    public let acr: String?
    public let amr: [String]
    public let authenticatedAt: Date?
    /// `sid`: which of the provider's sessions this is, for back-channel logout.
    public let sessionID: String?
    /// UserInfo, or the ID token's further claims where there is no UserInfo endpoint.
    public let claims: JSONMembers
    /// As it came, for `id_token_hint` at sign-out.
    public let idToken: Secret
    /// What the sign-in was begun with.
    public let wish: SignInWish

    public init(
        issuer: String, subject: String, acr: String?, amr: [String] = [],
        authenticatedAt: Date? = nil, sessionID: String? = nil, claims: JSONMembers,
        idToken: Secret, wish: SignInWish
    ) {
        self.issuer = issuer
        self.subject = subject
        self.acr = acr
        self.amr = amr
        self.authenticatedAt = authenticatedAt
        self.sessionID = sessionID
        self.claims = claims
        self.idToken = idToken
        self.wish = wish
    }
}
