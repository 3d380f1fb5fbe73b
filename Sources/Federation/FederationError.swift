import Outgoing
import Tokens

/// Why a sign-in through a provider failed. Details are for logs; none of them belongs on a page.
public enum FederationError: Error, Equatable, Sendable {
    /// The provider answered with an error of its own, such as `access_denied`.
    case refused(code: String, description: String)
    /// Repeated or missing parameters in what the browser brought back.
    case malformedResponse(String)
    /// The response doesn't belong to the sign-in that this browser began.
    case stateMismatch
    case expired
    /// The response's `iss` is missing where announced, or names another issuer (RFC 9207).
    case issuerMismatch
    /// The discovery document can't be used.
    case unusableMetadata(String)
    case unusableKeys(String)
    /// The token endpoint refused the code, or us.
    case tokenRefused(code: String)
    case malformedTokenResponse(String)
    case idToken(JWTError)
    case userInfo(String)
    /// UserInfo speaks of somebody else (Core §5.3.2).
    case subjectMismatch
    /// The level asserted is none of those asked for (SR-38).
    case insufficientLevel(String?)
    /// The last sign-in at the provider is older than allowed, or it doesn't say.
    case tooLongAgo
    case logoutToken(JWTError)
    /// A claim of the pivot identity that makes no sense. Its name only: what it says is personal.
    case pivotIdentity(String)
    /// The wish holds what this provider doesn't offer: a mistake of the caller's.
    case notOffered(String)
    /// Our own key can't sign.
    case signing
    case unreachable(FetchError)
    /// An answer 5xx, whichever endpoint gave it.
    case providerFailed(status: Int)
    /// Not tried, because the last calls have all failed.
    case unavailable
}
