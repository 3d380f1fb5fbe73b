import FoundationEssentials

/// The one mint: claims in, signed tokens out, with the key that is current.
public struct TokenIssuer: Sendable {
    public let issuer: String
    public let keyRing: KeyRing

    public init(issuer: String, keyRing: KeyRing) {
        self.issuer = issuer
        self.keyRing = keyRing
    }

    /// Signs an ID token with the client's algorithm, `at_hash` (and `c_hash`) computed from what goes
    /// with it. The claims' issuer is replaced by this one.
    public func idToken(
        _ claims: IDTokenClaims, algorithm: Algorithm, accessToken: String? = nil,
        code: String? = nil, at now: Date
    ) throws(TokenIssuerError) -> String {
        throw .noCurrentKey(algorithm)
    }

    public func accessToken(
        _ claims: AccessTokenClaims, algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        throw .noCurrentKey(algorithm)
    }

    public func logoutToken(
        _ claims: LogoutTokenClaims, algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        throw .noCurrentKey(algorithm)
    }

    /// UserInfo as a JWT: the claims with `iss` and `aud`, and no `nonce` (Core §5.3.2).
    public func userInfo(
        _ claims: UserClaims, clientID: String, scope: Scope, requested: Set<String> = [],
        entitlements: Set<UserClaims.Entitlement> = [], algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        throw .noCurrentKey(algorithm)
    }
}

public enum TokenIssuerError: Error, Equatable, Sendable {
    case noCurrentKey(Algorithm)
    case signingFailed
}
