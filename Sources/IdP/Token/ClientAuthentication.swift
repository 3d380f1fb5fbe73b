import FoundationEssentials
import Flow
import Store
import Synchronization
import Tokens
import Web

/// How a client shows who it is at the endpoints that only clients call. One for all of them, since
/// it remembers who has tried too many wrong secrets.
///
/// Source: RFC 6749 §2.3 and §3.2.1, OpenID Connect Core §9, RFC 7523; SR-18, SR-19, SR-33.
final class ClientAuthentication: Sendable {
    /// A network has tried too many wrong secrets of one client.
    struct TooManyAttempts: Error {
        let until: Date
    }

    static let methods = ClientMetadata.AuthenticationMethod.allCases

    /// Wrong secrets of one client from one network within a minute that are counted; further ones are
    /// answered with 429 and cost no write. Secrets have 256 random bits, so the right one is never
    /// refused: the limit keeps guesses cheap, and strangers must not be able to shut a client out.
    static let wrongSecretsMax: Int64 = 20
    static let window = Duration.seconds(60)
    /// Networks refused at once; beyond it, those whose time has passed and then all are forgotten.
    static let refusalsMax = 10_000

    private let desk: Desk
    /// Whose wrong secrets `reserve` has refused, until when. A right secret is not counted, so that the
    /// ordinary request costs no write. Each node learns of it with its own first wrong try.
    private let refusals = Mutex<[AttemptKey: Date]>([:])
    /// When the use of a secret was last written down by this node.
    private let notedUses = Mutex<[Digest: Date]>([:])

    init(desk: Desk) {
        self.desk = desk
    }

    /// Runs `body` with the client that the request comes from, and once more when the registry
    /// turned out to be newer than what was known of it.
    ///
    /// Throws `.invalidClient` for every failure to authenticate, `TooManyAttempts`, and what `body`
    /// throws. `body` must begin its transaction with `AuthenticatedClient.confirm`.
    func withClient<Value: Sendable>(
        _ form: Form, authorization: String?, network: String, at now: Date,
        _ body: (AuthenticatedClient) async throws -> Value
    ) async throws -> Value {
        let credentials = try PresentedCredentials(form, authorization: authorization)
        let value = try await desk.clients.withClient(credentials.clientID) { client in
            switch verdict(credentials, client, network, now) {
            case .accepted(let authenticated): try await run(body, authenticated)
            case .wrongSecret: throw try await counted(client, network, now)
            case .refused(let error):
                // The registry may hold a newer key, secret or method than the one that refused.
                try await desk.store.read { try client.confirm(in: $0) }
                throw error
            }
        }
        guard let value else { throw Self.failure }
        return value
    }

    /// Nobody is told whether the client or its secret was wrong.
    private static let failure = OAuthError(.invalidClient, "Client authentication failed")

    // MARK: Verifying

    private enum Verdict {
        case accepted(AuthenticatedClient)
        case wrongSecret
        case refused(any Error)
    }

    private func verdict(
        _ credentials: PresentedCredentials, _ client: RegisteredClient, _ network: String,
        _ now: Date
    ) -> Verdict {
        // One method a client, so that the weakest one can't be chosen by whoever asks (SR-19).
        guard credentials.method == client.metadata.authenticationMethod else {
            return .refused(
                OAuthError(.invalidClient, "The client is registered for another method"))
        }
        switch credentials {
        case .basic(_, let secret), .post(_, let secret):
            return verdict(secret, client, network, now)
        case .assertion(_, let jws):
            do throws(OAuthError) {
                let audiences = [desk.issuer, desk.url(TokenEndpoint.path)]
                let assertion = try ClientAssertion(jws, of: client, audiences: audiences, at: now)
                return .accepted(AuthenticatedClient(client, assertion: assertion))
            } catch {
                return .refused(error)
            }
        case .name:
            return .accepted(AuthenticatedClient(client))
        }
    }

    private func verdict(
        _ secret: Secret, _ client: RegisteredClient, _ network: String, _ now: Date
    ) -> Verdict {
        let hash = Digest.sha256(secret.exposed)
        let presented = hash.bytes
        var isRight = false
        // Every one is compared, so that the time does not tell which of the two it was.
        for known in client.secrets where ConstantTime.equal(known.hash, presented) {
            isRight = true
        }
        guard isRight else {
            let until = refusedUntil(client.id, network, now)
            return until.map { .refused(TooManyAttempts(until: $0)) } ?? .wrongSecret
        }
        return .accepted(
            AuthenticatedClient(client, notingUseOf: isWorthNoting(hash, now) ? hash : nil))
    }

    private func run<Value: Sendable>(
        _ body: (AuthenticatedClient) async throws -> Value, _ authenticated: AuthenticatedClient
    ) async throws -> Value {
        do {
            return try await body(authenticated)
        } catch let error as OAuthError {
            // What was thrown undid the transaction: the assertion is spent all the same, and a refusal
            // that the registration decided must come of its present revision.
            if authenticated.hasAssertion {
                try await desk.store.write { try authenticated.spend(in: $0) }
            } else if Self.decidedByRegistration.contains(error.code) {
                try await desk.store.read { try authenticated.client.confirm(in: $0) }
            }
            throw error
        }
    }

    private static let decidedByRegistration: Set<OAuthError.Code> = [
        .invalidClient, .unauthorizedClient, .invalidScope,
    ]

    // MARK: Wrong secrets

    static func attemptKey(_ clientID: String, _ network: String) -> AttemptKey {
        let text = "client|\(clientID.utf8.count)|\(clientID)|\(network)"
        guard let key = AttemptKey(bytes: Digest.sha256(text).bytes) else {
            preconditionFailure("a SHA-256 value has 32 bytes")
        }
        return key
    }

    /// Counts a wrong secret before it is answered, and says how to answer. The first refusal within a
    /// window is written down, and no other (SR-63).
    private func counted(
        _ client: RegisteredClient, _ network: String, _ now: Date
    ) async throws -> any Error {
        let key = Self.attemptKey(client.id, network)
        let rule = AttemptRule(
            key: key, windowSeconds: Self.window.wholeSeconds, maximum: Self.wrongSecretsMax)
        let event = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: .triesUsedUp, client: client.id,
            network: network, detail: "client secret")
        let decision = try await desk.store.write { writer in
            // A secret may have been added since this client was read.
            try client.confirm(in: writer)
            let decision = try writer.reserve([rule], at: now)
            if case .refused(let until) = decision,
                try writer.claim(Self.refusalFingerprint(key, until), until: until)
            {
                try writer.append(event)
            }
            return decision
        }
        switch decision {
        case .allowed: return Self.failure
        case .refused(let until):
            refusals.withLock { refusals in
                if refusals.count >= Self.refusalsMax {
                    refusals = refusals.filter { $0.value > now }
                    if refusals.count >= Self.refusalsMax { refusals.removeAll() }
                }
                refusals[key] = until
            }
            return TooManyAttempts(until: until)
        }
    }

    /// The same for all refusals of one window.
    private static func refusalFingerprint(_ key: AttemptKey, _ until: Date) -> [UInt8] {
        Digest.sha256(Array("refused|\(until.epochSeconds)|".utf8) + key.bytes).bytes
    }

    private func refusedUntil(_ clientID: String, _ network: String, _ now: Date) -> Date? {
        guard refusals.withLock({ !$0.isEmpty }) else { return nil }
        let key = Self.attemptKey(clientID, network)
        return refusals.withLock { refusals in
            guard let until = refusals[key] else { return nil }
            guard until <= now else { return until }
            refusals[key] = nil
            return nil
        }
    }

    // MARK: Uses of secrets

    /// An operator who retires a secret wants to know whether it is in use, to the hour.
    static let useNotedEvery = Duration.seconds(3600)

    private func isWorthNoting(_ hash: Digest, _ now: Date) -> Bool {
        notedUses.withLock { uses in
            if let last = uses[hash], last + Self.useNotedEvery > now { return false }
            if uses.count >= Self.refusalsMax { uses.removeAll() }
            uses[hash] = now
            return true
        }
    }
}
