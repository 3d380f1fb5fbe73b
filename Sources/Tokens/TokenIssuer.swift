import FoundationEssentials

/// The one mint: claims in, signed tokens out, with the key that is current.
public struct TokenIssuer: Sendable {
    public let issuer: String
    public let keyRing: KeyRing

    public init(issuer: String, keyRing: KeyRing) {
        self.issuer = issuer
        self.keyRing = keyRing
    }

    /// Signs an ID token with the client's algorithm, `at_hash` (and `c_hash`) computed from what
    /// goes with it. The claims' issuer is replaced by this one.
    public func idToken(
        _ claims: IDTokenClaims, algorithm: Algorithm, accessToken: String? = nil,
        code: String? = nil, at now: Date
    ) throws(TokenIssuerError) -> String {
        var claims = claims
        claims.issuer = issuer
        claims.accessTokenHash = accessToken.map { IDTokenClaims.leftHash(of: $0, algorithm) }
        claims.codeHash = code.map { IDTokenClaims.leftHash(of: $0, algorithm) }
        return try sign(claims.payload(), type: nil, algorithm, now)
    }

    /// Signs an access token of RFC 9068. The claims' issuer is replaced by this one.
    public func accessToken(
        _ claims: AccessTokenClaims, algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        var claims = claims
        claims.issuer = issuer
        return try sign(claims.payload(), type: AccessTokenClaims.type, algorithm, now)
    }

    /// Signs a logout token. The claims' issuer is replaced by this one.
    public func logoutToken(
        _ claims: LogoutTokenClaims, algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        var claims = claims
        claims.issuer = issuer
        return try sign(claims.payload(), type: LogoutTokenClaims.type, algorithm, now)
    }

    /// UserInfo as a JWT: the claims with `iss` and `aud`, and no `nonce` (Core §5.3.2).
    public func userInfo(
        _ claims: UserClaims, clientID: String, scope: Scope, requested: Set<String> = [],
        entitlements: Set<UserClaims.Entitlement> = [], algorithm: Algorithm, at now: Date
    ) throws(TokenIssuerError) -> String {
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("iss", issuer)
            writer.member("aud", clientID)
            writer.member("sub", claims.subject)
            for (name, value) in claims.released(scope, requested, entitlements) {
                writer.member(name, value)
            }
        }
        return try sign(writer.bytes, type: nil, algorithm, now)
    }

    private func sign(
        _ payload: [UInt8], type: String?, _ algorithm: Algorithm, _ now: Date
    ) throws(TokenIssuerError) -> String {
        guard let signer = keyRing.current(for: algorithm, at: now) else {
            throw .noCurrentKey(algorithm)
        }
        do {
            return try JWS.compact(payload: payload, type: type, signer: signer)
        } catch {
            throw .signingFailed
        }
    }
}

public enum TokenIssuerError: Error, Equatable, Sendable {
    case noCurrentKey(Algorithm)
    case signingFailed
}
