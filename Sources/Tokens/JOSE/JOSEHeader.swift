/// A header as it came: nothing in it is trusted before a key of ours has verified the signature.
///
/// Source: RFC 7515 §4.
public struct JOSEHeader: Sendable, Equatable {
    public let algorithm: Algorithm
    public let keyID: String?
    /// `typ`, as written.
    public let type: String?
    /// `jwk`, only where the caller allowed one (DPoP).
    public let embeddedKey: JWK?

    static let keyIDByteCountMax = JWK.keyIDByteCountMax
    private static let limits = JSON.Limits(byteCount: 4096, depth: 4)

    init(parsing bytes: [UInt8], embeddedKey rule: JWS.EmbeddedKey) throws(JWTError) {
        let members: JSONMembers
        do {
            members = try JSON(parsing: bytes, limits: JOSEHeader.limits).members()
        } catch {
            throw JWTError(.malformed, "the header: \(error.code)")
        }
        // Refused before anything else is read, so that no later rule depends on an extension.
        guard members.member("crit") == nil else { throw JWTError(.criticalHeader) }
        for name in ["jku", "x5u", "x5c"] where members.member(name) != nil {
            throw JWTError(.embeddedKey, name)
        }
        embeddedKey = try JOSEHeader.embeddedKey(members, rule)
        let algorithmName: String
        do {
            algorithmName = try members.requiredString("alg")
            keyID = try members.optionalString("kid")
            type = try members.optionalString("typ")
        } catch {
            throw JWTError(.malformed, "the header's \(error.path): \(error.code)")
        }
        guard let algorithm = Algorithm(rawValue: algorithmName) else {
            throw JWTError(.algorithmNotAllowed, String(algorithmName.prefix(20)))
        }
        self.algorithm = algorithm
        guard (keyID?.utf8.count ?? 0) <= JOSEHeader.keyIDByteCountMax else {
            throw JWTError(.tooLarge, "kid")
        }
    }

    private static func embeddedKey(
        _ members: JSONMembers, _ rule: JWS.EmbeddedKey
    ) throws(JWTError) -> JWK? {
        guard let json = members.member("jwk") else { return nil }
        switch rule {
        case .refused:
            throw JWTError(.embeddedKey, "jwk")
        case .allowed:
            do { return try JWK(json) } catch { throw JWTError(.embeddedKey, "\(error)") }
        }
    }
}
