import FoundationEssentials
import Tokens

/// A provider that signs people in for us: a start, a finish and a way out.
///
/// A standard provider is a `RelyingParty`; a peculiar one conforms in a file of its own.
///
/// What only the caller can know, it must check:
/// - The callback's address is this provider's own, and `pending` was begun at this provider
///   (security.md 2.30).
/// - `pending` belongs to the browser that comes back, and is spent before `finish` is called, so
///   that a second call of the same address finds nothing (SR-35).
/// - The provider is still enabled when the browser returns (2.29).
/// - The account is the one that `issuer` and `subject` name, and no other claim decides (SR-37). A
///   person whose civil status is mended may return with another `subject`: they prove themselves
///   anew, and the account is linked again.
public protocol UpstreamProvider: Sendable {
    /// Where to send the browser, and what must be kept for its return.
    func start(
        _ wish: SignInWish, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn

    /// Redeems what the browser brought back.
    func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @escaping @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity

    /// Where the browser ends the provider's session; nil where it offers no such page. Its metadata
    /// is read anew, so that no browser is sent to a provider that doesn't answer. An error must not
    /// hold up our own sign-out (SR-39).
    func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String?

    /// Whether a sign-in begun now has a chance. A page says so beforehand where it hasn't.
    func isAvailable(at now: Date) -> Bool
}

extension UpstreamProvider {
    public func isAvailable(at now: Date) -> Bool { true }
}

/// What one sign-in asks for beyond the configuration.
public struct SignInWish: Sendable, Equatable {
    public var prompt: String?
    public var maxAge: Duration?
    /// The answer's `acr` must be one of them; empty: any.
    public var acrValues: [String]
    public var loginHint: String?
    /// Begins the `state`, so that the caller finds its own record by what comes back; see
    /// `PendingSignIn.prefix(ofState:)`. No secret. Letters, digits and `-._~`, 64 at most; empty:
    /// the state is random alone.
    public var statePrefix: String
    /// The caller's own note on where to go afterwards; it never leaves this program in clear.
    public var note: String

    public init(
        prompt: String? = nil, maxAge: Duration? = nil, acrValues: [String] = [],
        loginHint: String? = nil, statePrefix: String = "", note: String = ""
    ) {
        self.prompt = prompt
        self.maxAge = maxAge
        self.acrValues = acrValues
        self.loginHint = loginHint
        self.statePrefix = statePrefix
        self.note = note
    }
}

public struct StartedSignIn: Sendable {
    /// The authorization request, for a redirect.
    public let url: String
    public let pending: PendingSignIn

    public init(url: String, pending: PendingSignIn) {
        self.url = url
        self.pending = pending
    }
}
