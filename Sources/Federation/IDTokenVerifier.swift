import FoundationEssentials
import Tokens

/// Checks what the provider signed for us. Source: Core §3.1.3.7, Back-Channel Logout 1.0 §2.6.
struct IDTokenVerifier {
    private let configuration: RelyingParty.Configuration
    private let keySet: RemoteKeySet

    init(_ configuration: RelyingParty.Configuration, _ keySet: RemoteKeySet) {
        self.configuration = configuration
        self.keySet = keySet
    }

    /// The claims of the ID token, which fits the sign-in that was begun.
    func claims(
        of tokens: TokenSet, _ pending: PendingSignIn, at now: Date
    ) async throws(FederationError) -> IDTokenClaims {
        let result = try await keySet.verify(at: now) { (keys) throws(JWTError) -> IDTokenClaims in
            try IDTokenClaims.verified(
                tokens.idToken.text, keys: keys, allowed: configuration.idTokenAlgorithms,
                issuer: configuration.issuer, clientID: configuration.clientID,
                nonce: pending.nonce,
                accessToken: tokens.accessToken.text, at: now, leeway: configuration.leeway)
        }
        let claims: IDTokenClaims
        do {
            claims = try result.get()
        } catch {
            throw .idToken(error)
        }
        if let age = configuration.tokenAgeMax {
            guard now <= claims.issuedAt.adding(age + configuration.leeway) else {
                throw .idToken(JWTError(.tooOld, "iat"))
            }
        }
        if !pending.wish.acrValues.isEmpty {
            guard let acr = claims.acr, pending.wish.acrValues.contains(acr) else {
                throw .insufficientLevel(claims.acr)
            }
        }
        if let maxAge = pending.wish.maxAge {
            guard let time = claims.authenticatedAt,
                now <= time.adding(maxAge + configuration.leeway)
            else {
                throw .tooLongAgo
            }
        }
        return claims
    }

    func logoutClaims(
        of text: String, at now: Date
    ) async throws(FederationError) -> LogoutTokenClaims {
        let result = try await keySet.verify(at: now) {
            (keys) throws(JWTError) -> LogoutTokenClaims in
            try LogoutTokenClaims.verified(
                text, keys: keys, allowed: configuration.idTokenAlgorithms,
                issuer: configuration.issuer,
                clientID: configuration.clientID, at: now, leeway: configuration.leeway)
        }
        do {
            return try result.get()
        } catch {
            throw .logoutToken(error)
        }
    }
}
