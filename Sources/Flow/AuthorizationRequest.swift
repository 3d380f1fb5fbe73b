import FoundationEssentials
import Tokens

/// A request of the authorization endpoint that has passed every check, frozen until it is answered:
/// no later step reads the query again (SR-14; security history: a request changed between two steps).
///
/// Source: RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 7636 §4.3, RFC 9207.
public struct AuthorizationRequest: Sendable, Equatable {
    public let clientID: String
    public let target: RedirectTarget
    public let scope: Scope
    public let nonce: String?
    /// BASE64URL(SHA-256(verifier)); nil only for a client registered as legacy.
    public let codeChallenge: String?
    public let prompt: Set<Prompt>
    /// The oldest sign-in that will do: the time of validation less `max_age`, or the time of
    /// validation itself for `prompt=login`. Frozen here, so that waiting on a page can't stretch it.
    public let authenticatedSince: Date?
    /// The `sub` that a verified `id_token_hint` names.
    public let hintedSubject: String?
    public let loginHint: String?
    /// The classes of sign-in that would be welcome, those that exist here, in the client's order.
    /// Voluntary: what can't be reached is answered with the real class (D20).
    public let acrValues: [AuthenticationContext]
    public let validatedAt: Date

    /// Source: OpenID Connect Core §3.1.2.1 and, for `create`, none: it is not offered.
    public enum Prompt: String, Sendable, CaseIterable {
        case none
        case login
        case consent
        case selectAccount = "select_account"
    }

    /// Whether the person must sign in again, or may choose to be somebody else.
    public var wantsNewSignIn: Bool { prompt.contains(.login) || prompt.contains(.selectAccount) }

    /// Bounds of what is kept while a person signs in. A state may hold a teleservice's own sealed
    /// data, so it is generous; everything together must fit the sealed form of `Interaction`.
    enum Limit {
        static let state = 2048
        static let nonce = 512
        static let loginHint = 256
        static let idTokenHint = 8192
    }
}
