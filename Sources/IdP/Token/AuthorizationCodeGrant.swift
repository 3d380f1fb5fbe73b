import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// A code for tokens: the end of a sign-in.
///
/// One write checks the client, the redirect URI, PKCE and the expiry, spends the code and inserts
/// the tokens (SR-15, SR-65); the ID token is signed afterwards.
///
/// Source: RFC 6749 §4.1.3, RFC 7636 §4.5, OpenID Connect Core §3.1.3.
struct AuthorizationCodeGrant: GrantType {
    let desk: Desk

    var name: ClientMetadata.GrantType { .authorizationCode }

    func answer(_ request: TokenRequest) async throws -> TokenAnswer {
        let client = request.client.client
        let now = request.now
        guard let code = OpaqueToken(try request.form.required("code"), kind: .authorizationCode)
        else { throw Self.refusal }
        let verifier = request.form.parameter("code_verifier")
        // Whoever only says the client's name must have begun the flow (RFC 9700 §2.1.1).
        guard verifier != nil || request.client.isConfidential else {
            throw OAuthError(.invalidGrant, "A public client must send code_verifier")
        }

        let algorithm = client.metadata.idTokenAlgorithm
        let mint = TokenIssuer(issuer: desk.issuer, keyRing: desk.keys.current)
        guard mint.keyRing.current(for: algorithm, at: now) != nil else {
            throw TokenIssuerError.noCurrentKey(algorithm)
        }
        let signing = try SigningPlace(for: algorithm, on: desk.signaturePool)
        let plan = TokenPlan(desk: desk, mayRefresh: client.mayRefresh, now: now)
        let redemption = CodeRedemptionRequest(
            code: code.reference, client: client.id,
            redirectURI: request.form.parameter("redirect_uri"),
            codeChallenge: verifier.map(Self.challenge), issue: plan.issue)

        let result = try await desk.store.write { writer in
            try request.client.confirm(in: writer, at: now)
            return try writer.redeem(redemption, at: now)
        }
        let grant = try await granted(result, request)
        return try await plan.answer(grant) { claims, accessToken in
            try await signing.run {
                try mint.idToken(claims, algorithm: algorithm, accessToken: accessToken, at: now)
            }
        }
    }

    /// The challenge that belongs to a verifier. A malformed one belongs to none: it must still reach
    /// the store, where a wrong proof by the right client spends the code (SR-16).
    private static func challenge(for verifier: String) -> String {
        (try? PKCE.challenge(for: verifier)) ?? ""
    }

    private func granted(
        _ redemption: CodeRedemption, _ request: TokenRequest
    ) async throws -> Grant {
        switch redemption {
        case .fresh(let grant):
            return grant
        case .replayed(let grant, let isRevoking):
            // Somebody else has read the code; the store has revoked all that came of it. Once is
            // enough to be told: a public client could repeat it without end.
            if isRevoking {
                try await desk.audit(.codeReplayed, request, detail: "grant \(grant.text)")
            }
            throw Self.refusal
        case .mismatch(let mismatch):
            throw OAuthError(.invalidGrant, Self.words(for: mismatch))
        case .wrongClient, .expired, .ended, .unknown:
            throw Self.refusal
        }
    }

    /// The same for every code that is good no longer or for somebody else.
    private static let refusal = OAuthError(
        .invalidGrant, "The code is unknown, expired, used, or another client's")

    private static func words(for mismatch: CodeMismatch) -> String {
        switch mismatch {
        case .redirectURI: "redirect_uri is not the one of the authorization request"
        case .codeVerifier: "code_verifier does not belong to the code_challenge"
        case .key: "The proof is made with another key than the authorization request's"
        }
    }
}

/// The tokens of one redemption, their random bytes drawn before the transaction, which may run more
/// than once and so must draw none.
struct TokenPlan: Sendable {
    private let issuer: String
    private let accessToken: OpaqueToken
    private let refreshToken: OpaqueToken?
    private let policy: Policy
    private let now: Date

    init(desk: Desk, mayRefresh: Bool, now: Date) {
        issuer = desk.issuer
        accessToken = desk.makeToken(.accessToken, at: now)
        refreshToken = mayRefresh ? desk.makeToken(.refreshToken, at: now) : nil
        policy = desk.policy
        self.now = now
    }

    /// What the store writes for a grant.
    @Sendable func issue(_ grant: Grant) -> Issue {
        Issue(
            accessToken: NewAccessToken(
                reference: accessToken.reference, scopes: grant.scopes,
                expiresAt: accessTokenExpiry(grant)),
            refreshFamily: refreshToken.map { family($0, grant) })
    }

    /// The limits of `offline_access` (D24). A session's tokens end before them, with their grant.
    private func family(_ token: OpaqueToken, _ grant: Grant) -> NewRefreshFamily {
        let end = min(now + policy.refresh.offlineAbsolute, grant.expiresAt)
        return NewRefreshFamily(
            reference: token.reference, idleExpiresAt: min(now + policy.refresh.offlineIdle, end),
            expiresAt: end)
    }

    /// The answer for a grant whose tokens are written.
    func answer(
        _ grant: Grant, idToken: (IDTokenClaims, _ accessToken: String) async throws -> String
    ) async throws -> TokenAnswer {
        let accessText = accessToken.text
        let claims = IDTokenClaims(
            issuer: issuer, subject: grant.subject, audience: grant.client, issuedAt: now,
            expiresAt: now + policy.lifetimes.idToken, authenticatedAt: grant.authTime,
            nonce: grant.nonce, acr: grant.acr,
            amr: grant.amr.split(separator: " ").map(String.init),
            sessionID: grant.sid)
        return TokenAnswer(
            accessToken: accessText,
            expiresIn: accessTokenExpiry(grant).secondsLeft(at: now), scope: grant.scopes,
            refreshToken: refreshToken?.text, idToken: try await idToken(claims, accessText))
    }

    private func accessTokenExpiry(_ grant: Grant) -> Date {
        min(now + policy.lifetimes.accessToken, grant.expiresAt)
    }
}
