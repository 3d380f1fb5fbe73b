import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// A refresh token for a new access token and the refresh token that follows.
///
/// The successor is computed from the token presented, so that an answer that was lost can be given
/// again by any node (D24). No ID token: nobody has signed in anew.
///
/// Source: RFC 6749 §6, RFC 9700 §4.14; SR-21, SR-22.
struct RefreshTokenGrant: GrantType {
    let desk: Desk

    var name: ClientMetadata.GrantType { .refreshToken }

    func answer(_ request: TokenRequest) async throws -> TokenAnswer {
        let now = request.now
        guard
            let presented = OpaqueToken(
                try request.form.required("refresh_token"), kind: .refreshToken)
        else { throw Self.refusal }
        let narrowed = try Self.scope(request.form)
        let successor = try RefreshSuccessor(of: presented, keyRing: desk.keys.current, at: now)
        let accessToken = desk.makeToken(.accessToken, at: now)
        let lifetime = desk.policy.lifetimes.accessToken

        let rotation = RefreshRequest(
            token: presented.reference, client: request.client.client.id,
            binding: request.client.isConfidential ? .client : .key(nil),
            successor: { successor.hash(generation: $0) },
            // The store ends it with the family, so this is right for a session's tokens too.
            idleExpiresAt: now + desk.policy.refresh.offlineIdle,
            graceSeconds: desk.policy.refresh.repetition.wholeSeconds
        ) { grant in
            NewAccessToken(
                reference: accessToken.reference,
                scopes: try Self.scopes(of: grant, narrowedTo: narrowed),
                expiresAt: min(now + lifetime, grant.expiresAt))
        }
        let outcome = try await desk.store.write { writer in
            try request.client.confirm(in: writer, at: now)
            return try writer.rotate(rotation, at: now)
        }
        let refreshed = try await refreshed(outcome, request)
        return TokenAnswer(
            accessToken: accessToken.text,
            expiresIn: min(now + lifetime, refreshed.grant.expiresAt).secondsLeft(at: now),
            scope: try Self.scopes(of: refreshed.grant, narrowedTo: narrowed),
            refreshToken: try successor.token(generation: refreshed.family.generation).text)
    }

    private func refreshed(
        _ outcome: RefreshOutcome, _ request: TokenRequest
    ) async throws -> RefreshedFamily {
        switch outcome {
        case .rotated(let refreshed), .repeated(let refreshed):
            return refreshed
        case .reused(let grant):
            try await desk.audit(.refreshTokenReused, request, detail: "grant \(grant.text)")
            throw Self.refusal
        case .expired, .wrongClient, .wrongKey, .unknown:
            throw Self.refusal
        }
    }

    private static let refusal = OAuthError(
        .invalidGrant, "The refresh token is unknown, expired, used, or another client's")

    /// Nil when the request asks for no less than was granted.
    private static func scope(_ form: Form) throws(OAuthError) -> Scope? {
        guard let text = form.parameter("scope") else { return nil }
        guard let scope = Scope(text), !scope.isEmpty else {
            throw OAuthError(.invalidScope, "The parameter scope is malformed")
        }
        return scope
    }

    /// Never more than was granted (SR-21).
    private static func scopes(
        of grant: Grant, narrowedTo narrowed: Scope?
    ) throws(OAuthError) -> String {
        guard let narrowed else { return grant.scopes }
        guard let granted = Scope(grant.scopes), narrowed.isSubset(of: granted) else {
            throw OAuthError(.invalidScope, "The scope is wider than the one that was granted")
        }
        return narrowed.text
    }
}

/// The token that follows a refresh token: its verifier is
/// HMAC-SHA-256(refresh key; selector ‖ generation ‖ predecessor's verifier), the generation as eight
/// bytes, most significant first.
struct RefreshSuccessor: Sendable {
    private let predecessor: OpaqueToken
    private let key: Secret

    /// The key is the one that was in force when the family began, which its selector tells: an answer
    /// can be given again although the key was replaced in between. Where that key is gone, the
    /// present one.
    init(of predecessor: OpaqueToken, keyRing: KeyRing, at now: Date) throws {
        let milliseconds = predecessor.selector.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let began = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        guard
            let storeKey = keyRing.currentStoreKey(at: began) ?? keyRing.currentStoreKey(at: now)
        else { throw MissingStoreKey() }
        self.predecessor = predecessor
        key = Secret(storeKey.derived(for: "refresh"))
    }

    /// The folder of keys holds no store key that is in force.
    struct MissingStoreKey: Error {}

    func token(generation: Int64) throws -> OpaqueToken {
        guard
            let token = OpaqueToken(
                kind: .refreshToken, selector: predecessor.selector, verifier: verifier(generation))
        else { throw KeyError.operationFailed }
        return token
    }

    func hash(generation: Int64) -> [UInt8] {
        Digest.sha256(verifier(generation)).bytes
    }

    private func verifier(_ generation: Int64) -> [UInt8] {
        var message = predecessor.selector
        message.reserveCapacity(56)
        withUnsafeBytes(of: generation.bigEndian) { message.append(contentsOf: $0) }
        message.append(contentsOf: predecessor.verifier)
        return HMAC.sha256(key: key.exposed, message: message)
    }
}
