import FoundationEssentials
import Store
import Tokens

/// A teleservice as the registry knows it: what it says of itself and what the operator allows it.
///
/// Two documents, because only one of them is ever written by the client's own people: a
/// registration request can't reach `policy` (D27; security history 2.21).
public struct RegisteredClient: Sendable {
    public let id: String
    /// RFC 7591 members.
    public let metadata: ClientMetadata
    /// Written by the operator only.
    public let policy: ClientPolicy
    /// At most two, so that a secret can be changed without a gap (SR-33).
    public let secrets: [ClientSecret]
    /// The group of clients that see the same `sub` for the same person; frozen at registration (D8).
    public let sector: String
    /// Changes with every edit; what was parsed from an older revision is stale.
    public let revision: Int64
    public let registeredAt: Date

    /// Throws when the stored documents can't be read: the registry was edited by other hands.
    public init(_ client: Client) throws {
        id = client.id
        metadata = try ClientMetadata(
            try JSON(parsing: client.metadata), development: true, isStored: true)
        policy = try ClientPolicy(parsing: Array(client.policy.utf8))
        secrets = client.secrets
        sector = client.sector
        revision = client.revision
        registeredAt = client.createdAt
    }

    /// What people read: the registered name, or the id where there is none.
    public var displayName: String { metadata.clientName ?? id }

    /// Registered for refresh tokens: the only rule of who is given one and who may use one.
    public var mayRefresh: Bool { isRegistered(for: .refreshToken) }

    public func isRegistered(for grantType: ClientMetadata.GrantType) -> Bool {
        metadata.grantTypes.contains(grantType)
    }

    /// Whether a request that was checked earlier may still be answered: since then its redirect URI
    /// may have been taken away, or its `client_id` given to another teleservice.
    public func stillAdmits(_ request: AuthorizationRequest) -> Bool {
        registeredAt <= request.validatedAt
            && metadata.redirectURI(matching: request.target.uri.text) != nil
    }
}

/// What the operator grants a teleservice; the member `educonnect` of a registration file.
public struct ClientPolicy: Sendable, Equatable {
    public var pkce: PKCERule = .required
    public var consent: ConsentRule = .none
    /// Personal data beyond the scopes: only for clients that need them (SR-34).
    public var entitlements: Set<UserClaims.Entitlement> = []
    /// May ask the introspection endpoint about tokens of any client.
    public var introspects = false
    /// Its place on the portal; nil: it has none.
    public var tile: PortalTile?

    public enum PKCERule: String, Sendable, CaseIterable {
        case required
        /// For relying parties that can't: the console says so in red.
        case legacy
    }

    public enum ConsentRule: String, Sendable, CaseIterable {
        /// A teleservice of the ministry itself.
        case none
        case required
    }

    public init() {}

    /// Reads the stored document. An unknown member or value is an error: a misspelt rule must not
    /// be taken for the default.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        try self.init(try JSON(parsing: bytes).members())
    }

    public init(_ members: JSONMembers) throws(JSONError) {
        let known: Set = ["pkce", "consent", "entitlements", "introspects", "tile"]
        if let unknown = members.unknownMembers(besides: known).first {
            throw JSONError(.unknownMember, at: members.path(of: unknown), "not a rule of a client")
        }
        pkce = try Self.choice("pkce", in: members) ?? pkce
        consent = try Self.choice("consent", in: members) ?? consent
        introspects = try members.bool("introspects") ?? introspects
        if let rules = try members.object("tile") { tile = try PortalTile(rules) }
        for (index, name) in (try members.stringArray("entitlements") ?? []).enumerated() {
            guard let entitlement = UserClaims.Entitlement(rawValue: name) else {
                throw JSONError(
                    .invalidValue, at: members.path(of: "entitlements[\(index)]"),
                    "one of " + Self.names(of: UserClaims.Entitlement.self))
            }
            entitlements.insert(entitlement)
        }
    }

    public var json: JSON {
        var members: [String: JSON] = [
            "pkce": .string(pkce.rawValue),
            "consent": .string(consent.rawValue),
            "introspects": .bool(introspects),
            "entitlements": .array(entitlements.map(\.rawValue).sorted().map { .string($0) }),
        ]
        members["tile"] = tile.map(\.json)
        return .object(members)
    }

    private static func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, in members: JSONMembers
    ) throws(JSONError) -> Value? where Value.RawValue == String {
        guard let text = try members.optionalString(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw JSONError(
                .invalidValue, at: members.path(of: name), "one of " + names(of: Value.self))
        }
        return value
    }

    private static func names<Value: RawRepresentable & CaseIterable>(
        of type: Value.Type
    ) -> String where Value.RawValue == String {
        Value.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
