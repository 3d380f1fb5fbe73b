import FoundationEssentials
import Serving
import Tokens

/// Makes what is signed for a client: right, or wrong in the way that a test has asked for.
struct TokenMint: Sendable {
    let simulator: Simulator
    let client: ServiceProvider

    /// `sub`, `acr`, `auth_time`, `nonce` and the times; nothing of the person, and no `at_hash`.
    func idToken(_ grant: Grant) throws(KeyError) -> String {
        let fault = simulator.conduct.misbehaviour(at: .idToken)
        var claims = standardClaims(grant, fault)
        claims["exp"] = .integer(expiry(fault))
        claims["acr"] = fault == .noACR ? nil : .string(fault == .lowerACR ? "eidas0" : grant.acr)
        claims["nonce"] = .string(fault == .wrongNonce ? "another nonce, as long" : grant.nonce)
        claims["auth_time"] = .integer(seconds(grant.authenticatedAt))
        if grant.hasAMR { claims["amr"] = ["fc", "pwd"] }
        return try signed(claims, fault)
    }

    /// The claims of UserInfo, signed.
    func userInfo(_ grant: Grant) throws(KeyError) -> String {
        let fault = simulator.conduct.misbehaviour(at: .userInfo)
        var claims = userInfoClaims(grant, fault)
        claims["exp"] = .integer(expiry(fault))
        return try signed(claims, fault)
    }

    /// The same, not signed.
    func plainUserInfo(_ grant: Grant) -> [UInt8] {
        JSON.object(userInfoClaims(grant, nil)).serialized()
    }

    private func userInfoClaims(_ grant: Grant, _ fault: Misbehaviour?) -> [String: JSON] {
        let person = simulator.conduct.present(grant.person.identity)
        let released = ReleasedClaims.claims(
            of: person, for: grant.scope, identityProvider: grant.person.identityProvider.rawValue)
        return standardClaims(grant, fault).merging(released) { standard, _ in standard }
    }

    private func standardClaims(_ grant: Grant, _ fault: Misbehaviour?) -> [String: JSON] {
        let subject = simulator.subject(grant.person.identity, for: client)
        let issuer = simulator.configuration.issuer
        return [
            "sub": .string(fault == .wrongSubject ? String(subject.reversed()) : subject),
            "aud": .string(fault == .wrongAudience ? "another-client" : client.clientID),
            "iss": .string(fault == .wrongIssuer ? "https://other.example.org" : issuer),
            "iat": .integer(seconds(simulator.environment.now())),
        ]
    }

    private static let longAgo: Int64 = 60 * 60

    private func expiry(_ fault: Misbehaviour?) -> Int64 {
        let now = seconds(simulator.environment.now())
        if fault == .expired { return now - Self.longAgo }
        return now + Lifetime.idToken.components.seconds
    }

    private func seconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded(.down)) }

    // MARK: Signing

    private func signed(
        _ claims: [String: JSON], _ fault: Misbehaviour?
    ) throws(KeyError) -> String {
        let payload = JSON.object(claims).serialized()
        let now = simulator.environment.now()
        switch fault {
        case .unsigned?:
            return Self.encoded(["alg": "none"], payload) + "."
        case .symmetric?:
            let input = Self.encoded(["alg": "HS256"], payload)
            let key = simulator.secrets[client.clientID]?.exposed ?? []
            return input + "."
                + Base64URL.encode(HMAC.sha256(key: key, message: Array(input.utf8)))
        case .wrongAlgorithm?:
            let other: Algorithm = client.algorithm == .es256 ? .rs256 : .es256
            return try JWS.compact(payload: payload, signer: simulator.keys.signer(other, at: now))
        case .foreignKey?:
            let keyID = try simulator.keys.signer(client.algorithm, at: now).keyID
            return try JWS.compact(payload: payload, signer: strangeSigner(keyID))
        case .unknownKey?:
            return try JWS.compact(payload: payload, signer: strangeSigner("unpublished"))
        default:
            return try JWS.compact(
                payload: payload, signer: simulator.keys.signer(client.algorithm, at: now))
        }
    }

    /// With a key that nobody has published.
    private func strangeSigner(_ keyID: String) throws(KeyError) -> Signer {
        let key = try PrivateKey.generate(client.algorithm.keyType)
        return try Signer(key: key, algorithm: client.algorithm, keyID: keyID)
    }

    private static func encoded(_ header: JSON, _ payload: [UInt8]) -> String {
        Base64URL.encode(header.serialized()) + "." + Base64URL.encode(payload)
    }
}
