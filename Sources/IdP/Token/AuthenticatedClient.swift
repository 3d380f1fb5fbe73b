import FoundationEssentials
import Flow
import Store
import Synchronization
import Tokens
import Web

/// The client that a request comes from. Only `ClientAuthentication` makes one; what it does is
/// valid once `confirm` has run in the transaction that writes.
struct AuthenticatedClient: Sendable {
    let client: RegisteredClient
    private let assertion: PresentedAssertion?
    private let secretUse: Digest?

    init(
        _ client: RegisteredClient, assertion: ClientAssertion? = nil,
        notingUseOf secret: Digest? = nil
    ) {
        self.client = client
        self.assertion = assertion.map(PresentedAssertion.init)
        secretUse = secret
    }

    /// Whether it proved who it is, rather than only saying its name.
    var isConfidential: Bool {
        switch client.metadata.authenticationMethod {
        case .clientSecretBasic, .clientSecretPost, .privateKeyJWT: true
        case .none: false
        }
    }

    /// Whether an assertion is to be spent, which is a write.
    var hasAssertion: Bool { assertion != nil }

    /// The first thing in the transaction: the registry still holds this client, and its assertion
    /// was never used before. Throws `ClientRegistry.Stale` or `.invalidClient`.
    func confirm(in writer: StoreWriter, at now: Date) throws {
        try spend(in: writer)
        if let secretUse {
            try writer.noteSecretUse(client: client.id, hash: secretUse.bytes, at: now)
        }
    }

    /// Confirms the client and spends its assertion, at most once for this request. Throws
    /// `.invalidClient` where another request has spent it.
    func spend(in writer: StoreWriter) throws {
        try client.confirm(in: writer)
        try assertion?.spend(in: writer)
    }
}

/// An assertion as one request presents it.
private final class PresentedAssertion: Sendable {
    private let assertion: ClientAssertion
    /// Whether this request was the first to bring it: what it has spent itself is no replay.
    private let isFirstUse = Atomic<Bool>(false)

    init(_ assertion: ClientAssertion) {
        self.assertion = assertion
    }

    func spend(in writer: StoreWriter) throws {
        if try writer.claim(assertion.fingerprint, until: assertion.expiresAt) {
            isFirstUse.store(true, ordering: .sequentiallyConsistent)
        } else if !isFirstUse.load(ordering: .sequentiallyConsistent) {
            throw OAuthError(.invalidClient, "The client_assertion was used before")
        }
    }
}
