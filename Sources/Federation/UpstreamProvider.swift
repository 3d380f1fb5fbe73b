import FoundationEssentials
import Tokens

/// A provider that signs people in for us: a start, a finish and a way out.
///
/// A standard provider is a `RelyingParty`; a peculiar one conforms in a file of its own.
public protocol UpstreamProvider: Sendable {
    /// Where to send the browser, and what must be kept for its return.
    func start(
        _ wish: SignInWish, at now: Date, random: @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> StartedSignIn

    /// Redeems what the browser brought back. The caller has found `pending` by the browser's own
    /// cookie and spends it before calling.
    func finish(
        _ response: Form, _ pending: PendingSignIn, at now: Date,
        random: @Sendable (_ byteCount: Int) -> [UInt8]
    ) async throws(FederationError) -> FederatedIdentity

    /// Where the browser ends the provider's session; nil where it offers no such page.
    func signOut(
        _ idToken: Secret?, state: String?, at now: Date
    ) async throws(FederationError) -> String?
}

/// What one sign-in asks for beyond the configuration.
public struct SignInWish: Sendable, Equatable {
    public var prompt: String?
    public var maxAge: Duration?
    /// The answer's `acr` must be one of them; empty: any.
    public var acrValues: [String]
    public var loginHint: String?
    /// The caller's own note on where to go afterwards; it never leaves this program in clear.
    public var note: String

    public init(
        prompt: String? = nil, maxAge: Duration? = nil, acrValues: [String] = [],
        loginHint: String? = nil,
        note: String = ""
    ) {
        self.prompt = prompt
        self.maxAge = maxAge
        self.acrValues = acrValues
        self.loginHint = loginHint
        self.note = note
    }
}

public struct StartedSignIn: Sendable {
    /// The authorization request, for a redirect.
    public let url: String
    public let pending: PendingSignIn
}
