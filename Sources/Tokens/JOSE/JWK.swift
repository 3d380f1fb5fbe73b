/// A public key as JSON. Source: RFC 7517, RFC 7518 §6, RFC 8037 §2.
public struct JWK: Sendable, Equatable {
    static let keyIDByteCountMax = 256
    /// RFC 7518 §6.2.2, §6.3.2, §6.4.1: what must never be published.
    private static let privateMembers: Set<String> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    public let publicKey: PublicKey
    public let keyID: String?
    /// The only algorithm of this key; nil leaves all that its type can.
    public let algorithm: Algorithm?

    /// Throws `.algorithmMismatch` when the key's type can't do the algorithm.
    public init(
        _ publicKey: PublicKey, keyID: String?, algorithm: Algorithm?
    ) throws(KeyError) {
        guard algorithm == nil || algorithm?.keyType == publicKey.type else {
            throw .algorithmMismatch
        }
        self.publicKey = publicKey
        self.keyID = keyID
        self.algorithm = algorithm
    }

    /// Reads a public signature key. Private members are refused; `use` other than `sig`, `key_ops`
    /// without `verify` and an algorithm that isn't ours are unsupported.
    public init(_ json: JSON) throws(KeyError) {
        let members: JSONMembers
        do { members = try json.members() } catch { throw .malformed("not an object") }
        guard JWK.privateMembers.isDisjoint(with: members.members.keys) else {
            throw .privateMaterial
        }
        let keyID: String?
        let algorithmName: String?
        do {
            keyID = try members.optionalString("kid")
            algorithmName = try members.optionalString("alg")
            if let use = try members.optionalString("use"), use != "sig" {
                throw KeyError.unsupported("the use \(use)")
            }
            if let operations = try members.stringArray("key_ops"), !operations.contains("verify") {
                throw KeyError.unsupported("key_ops without verify")
            }
        } catch let error as KeyError {
            throw error
        } catch {
            throw .malformed("kid, alg, use or key_ops has a wrong type")
        }
        guard keyID == nil || (1...JWK.keyIDByteCountMax).contains(keyID?.utf8.count ?? 0) else {
            throw .malformed("kid must have 1 to \(JWK.keyIDByteCountMax) bytes")
        }
        let algorithm = try algorithmName.map { (name) throws(KeyError) in
            guard let algorithm = Algorithm(rawValue: name) else {
                throw KeyError.unsupported("the algorithm \(name)")
            }
            return algorithm
        }
        try self.init(
            try PublicKey(try PublicKey.Parameters(members)), keyID: keyID, algorithm: algorithm)
    }

    /// What this key may verify.
    public var algorithms: Set<Algorithm> {
        if let algorithm { return [algorithm] }
        return Algorithm.all.filter { $0.keyType == publicKey.type }
    }

    /// SHA-256 of the required members, base64url (RFC 7638).
    public var thumbprint: String {
        Base64URL.encode(Digest.sha256(publicKey.jwkMembers.serialized()).bytes)
    }

    public var json: JSON {
        guard case .object(var members) = publicKey.jwkMembers else { return .null }
        members["use"] = "sig"
        if let keyID { members["kid"] = .string(keyID) }
        if let algorithm { members["alg"] = .string(algorithm.rawValue) }
        return .object(members)
    }
}
