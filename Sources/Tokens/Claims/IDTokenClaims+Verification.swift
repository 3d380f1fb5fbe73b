import FoundationEssentials

extension IDTokenClaims {
    /// Core §2: at most 255 characters.
    static let subjectByteCountMax = 255

    /// Verifies a token as its relying party must (Core §3.1.3.7).
    ///
    /// `nonce` nil: the request sent none, and the token must have none. `accessToken`: its
    /// `at_hash`, if there is one, must fit.
    public static func verified(
        _ token: String, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all, issuer: String,
        clientID: String, nonce: String?, accessToken: String? = nil, at now: Date,
        leeway: Duration = .seconds(10)
    ) throws(JWTError) -> IDTokenClaims {
        let jws = try JWS.verify(try JWS.parse(token), keys: keys, allowed: allowed)
        let jwt = try JWT(jws)
        try jwt.check(
            JWT.Expectation(issuer: issuer, audience: clientID), at: now, leeway: leeway)
        let claims = try IDTokenClaims(jwt)
        // Other audiences are strangers to us; a token for them too is one that they can replay
        // here.
        guard claims.audience.count == 1 else {
            throw JWTError(.wrongAudience, "several audiences")
        }
        guard claims.authorizedParty.map({ $0.hasSameBytes(as: clientID) }) ?? true else {
            throw JWTError(.wrongAudience, "azp")
        }
        guard isSameNonce(claims.nonce, nonce) else { throw JWTError(.wrongNonce) }
        if let accessToken, let hash = claims.accessTokenHash,
            !hash.hasSameBytes(as: leftHash(of: accessToken, jws.header.algorithm))
        {
            throw JWTError(.wrongHash, "at_hash")
        }
        return claims
    }

    /// Verifies an `id_token_hint`: one of ours, for any audience, expired or not (RP-Initiated
    /// Logout §2).
    public static func hint(
        _ token: String, keys: JWKSet, issuer: String
    ) throws(JWTError) -> IDTokenClaims {
        let jwt = try JWT(try JWS.verify(try JWS.parse(token), keys: keys))
        guard let written = jwt.issuer else { throw JWTError(.missingClaim, "iss") }
        guard written.hasSameBytes(as: issuer) else { throw JWTError(.wrongIssuer) }
        return try IDTokenClaims(jwt)
    }

    private init(_ jwt: JWT) throws(JWTError) {
        // Tokens of other kinds that the same keys sign must not pass for ID tokens.
        guard jwt.header.type == nil || jwt.isOfType("JWT") else {
            throw JWTError(.wrongType, jwt.header.type ?? "")
        }
        guard let issuer = jwt.issuer else { throw JWTError(.missingClaim, "iss") }
        guard let subject = jwt.subject else { throw JWTError(.missingClaim, "sub") }
        guard let audience = jwt.audience.first else { throw JWTError(.missingClaim, "aud") }
        guard let expiresAt = jwt.expiresAt else { throw JWTError(.missingClaim, "exp") }
        guard let issuedAt = jwt.issuedAt else { throw JWTError(.missingClaim, "iat") }
        guard (1...IDTokenClaims.subjectByteCountMax).contains(subject.utf8.count) else {
            throw JWTError(.malformedClaim, "sub")
        }
        self.init(
            issuer: issuer, subject: subject, audience: audience, issuedAt: issuedAt,
            expiresAt: expiresAt)
        self.audience = jwt.audience
        do {
            nonce = try jwt.claims.optionalString("nonce")
            acr = try jwt.claims.optionalString("acr")
            amr = try jwt.claims.stringArray("amr") ?? []
            authorizedParty = try jwt.claims.optionalString("azp")
            sessionID = try jwt.claims.optionalString("sid")
            accessTokenHash = try jwt.claims.optionalString("at_hash")
            codeHash = try jwt.claims.optionalString("c_hash")
            stateHash = try jwt.claims.optionalString("s_hash")
        } catch {
            throw JWTError(.malformedClaim, error.path)
        }
        authenticatedAt = try jwt.claims.numericDate("auth_time")
        further = jwt.claims.members.filter { !IDTokenClaims.registeredNames.contains($0.key) }
    }

    private static func isSameNonce(_ written: String?, _ expected: String?) -> Bool {
        switch (written, expected) {
        case (nil, nil): true
        case (let written?, let expected?):
            ConstantTime.equal(Array(written.utf8), Array(expected.utf8))
        case (nil, _?), (_?, nil): false
        }
    }
}
