import FoundationEssentials
import Store
import Tokens

/// A registration file turned into a row of the registry: one rule set for every door by which a
/// teleservice is registered.
///
/// The document holds RFC 7591 members, and under `educonnect` what only an operator may say. Source:
/// RFC 7591 §2, §3.2.1; OpenID Connect Registration 1.0 §2, §3; D27.
public struct ClientRegistration: Sendable {
    public let client: Client
    /// Shown once; only its hash is kept. Nil for clients that hold none.
    public let secret: OpaqueToken?
    /// The registration response: metadata with every default, identifier, secret.
    public let response: JSON

    /// Every error of the document, with its path.
    public struct Refused: Error, Sendable, Equatable {
        public let problems: [String]
    }

    /// - Parameters:
    ///   - development: whether plain http on this machine may be registered.
    ///   - random: as many random bytes as asked for.
    public init(
        _ document: JSON, development: Bool, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) throws(Refused) {
        guard case .object(var members) = document else {
            throw Refused(problems: ["the document must be a JSON object"])
        }
        var problems: [String] = []
        let operatorMembers = members.removeValue(forKey: "educonnect") ?? .object([:])
        let chosenID = members.removeValue(forKey: "client_id")

        var metadata = ClientMetadata()
        do {
            metadata = try ClientMetadata(.object(members), development: development)
        } catch {
            problems += error.errors.map { "\($0.path): \($0.reason)" }
        }
        var policy = ClientPolicy()
        var sector: String?
        do {
            var rules = try operatorMembers.members(path: "educonnect")
            sector = try rules.optionalString("sector")
            rules = JSONMembers(rules.members.filter { $0.key != "sector" }, path: rules.path)
            policy = try ClientPolicy(rules)
        } catch {
            problems.append("\(error.path): \(error.detail)")
        }
        let id = Self.identifier(chosenID, random, &problems)
        let frozenSector = Self.sector(metadata, chosen: sector, &problems)
        guard problems.isEmpty else { throw Refused(problems: problems) }

        secret =
            Self.needsSecret(metadata)
            ? OpaqueToken.make(.clientSecret, at: now, random: random) : nil
        client = Client(
            id: id, metadata: String(decoding: metadata.json.serialized(), as: UTF8.self),
            policy: String(decoding: policy.json.serialized(), as: UTF8.self),
            secrets: secret.map { [ClientSecret(hash: Self.hash(of: $0.text), createdAt: now)] }
                ?? [],
            sector: frozenSector, hasTile: policy.tile != nil,
            backchannelLogoutURI: metadata.backChannelLogoutURI,
            createdAt: now,
            updatedAt: now)
        response = Self.response(client, metadata, secret)
    }

    /// What the registry keeps of a client secret: the SHA-256 of its whole text (SR-33).
    public static func hash(of secret: String) -> [UInt8] { Digest.sha256(secret).bytes }

    private static func needsSecret(_ metadata: ClientMetadata) -> Bool {
        switch metadata.authenticationMethod {
        case .clientSecretBasic, .clientSecretPost: true
        case .privateKeyJWT, .none: false
        }
    }

    /// The operator's own choice, or a random one.
    private static func identifier(
        _ chosen: JSON?, _ random: (Int) -> [UInt8], _ problems: inout [String]
    ) -> String {
        guard let chosen else { return "ec-" + Base64URL.encode(random(15)) }
        guard case .string(let text) = chosen, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy(isIdentifierCharacter)
        else {
            problems.append(
                "client_id: must have 1 to 64 letters, digits, dots, hyphens or underscores")
            return ""
        }
        return text
    }

    private static func isIdentifierCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Who sees the same `sub`: the operator's choice, or the one host of all redirect URIs (OpenID
    /// Connect Core §8.1). Public subjects share one sector.
    private static func sector(
        _ metadata: ClientMetadata, chosen: String?, _ problems: inout [String]
    ) -> String {
        switch metadata.subjectType {
        case .public: return publicSector
        case .pairwise: break
        }
        if let chosen {
            if !(1...sectorByteCountMax).contains(chosen.utf8.count) {
                problems.append("educonnect.sector: must have 1 to \(sectorByteCountMax) bytes")
            }
            return chosen
        }
        let hosts = Set(metadata.redirectURIs.map { $0.uri.hostText ?? $0.uri.scheme })
        if hosts.count > 1 {
            problems.append(
                "educonnect.sector: is needed, since the redirect URIs are on several hosts")
        }
        return hosts.first ?? "client"
    }

    private static let publicSector = "public"
    private static let sectorByteCountMax = 255

    private static func response(
        _ client: Client, _ metadata: ClientMetadata, _ secret: OpaqueToken?
    ) -> JSON {
        guard case .object(var members) = metadata.json else { return .null }
        members["client_id"] = .string(client.id)
        members["client_id_issued_at"] = .integer(client.createdAt.epochSeconds)
        if let secret {
            members["client_secret"] = .string(secret.text)
            members["client_secret_expires_at"] = .integer(0)
        }
        return .object(members)
    }
}
