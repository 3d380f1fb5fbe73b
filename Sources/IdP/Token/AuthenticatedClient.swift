import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// The client that a request comes from. Only `ClientAuthentication` makes one; what it does is
/// valid once `confirm` has run in the transaction that writes.
struct AuthenticatedClient: Sendable {
    let client: RegisteredClient
    private let assertion: ClientAssertion?
    private let secretUse: Digest?

    init(
        _ client: RegisteredClient, assertion: ClientAssertion? = nil,
        notingUseOf secret: Digest? = nil
    ) {
        self.client = client
        self.assertion = assertion
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
        guard try spend(in: writer) else {
            throw OAuthError(.invalidClient, "The client_assertion was used before")
        }
        if let secretUse {
            try writer.noteSecretUse(client: client.id, hash: secretUse.bytes, at: now)
        }
    }

    /// Confirms the client and spends its assertion; false if that was spent already.
    func spend(in writer: StoreWriter) throws -> Bool {
        try client.confirm(in: writer)
        guard let assertion else { return true }
        return try writer.claim(assertion.fingerprint, until: assertion.expiresAt)
    }
}
