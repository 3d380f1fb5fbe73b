import Serving
import Tokens

/// A client, as FranceConnect's portal registers it (« fournisseur de service »).
struct ServiceProvider: Sendable {
    /// There is no HTTP Basic among them.
    enum Authentication: Sendable {
        /// `client_secret_post`; the file is made at the first start.
        case secretFile(String)
        /// `private_key_jwt`
        case keys(JWKSet)
    }

    let clientID: String
    /// As its people know it: « Continuer sur EduConnect ».
    let name: String
    /// The organisation: clients of one entity see the same `sub` for a person.
    let entity: String
    let authentication: Authentication
    let redirectURIs: [String]
    let postLogoutRedirectURIs: [String]
    /// What it may ask for.
    let scope: Scope
    /// Of its ID tokens and of UserInfo.
    let algorithm: Algorithm

    /// FranceConnect signs with these; client assertions too.
    static let algorithms: Set<Algorithm> = [.es256, .rs256]

    /// Reads a member of `clients`; nil where something is wrong, which `reader` has noted.
    init?(_ reader: ObjectReader, folder: String) {
        let clientID = reader.string("client_id")
        let name = reader.string("name")
        let entity = reader.string("entity")
        let scope = reader.choice("scope", Self.scope)
        let algorithm = reader.choice("algorithm") { name in
            Algorithm(rawValue: name).flatMap { Self.algorithms.contains($0) ? $0 : nil }
        }
        redirectURIs = Self.addresses(reader, "redirect_uris")
        postLogoutRedirectURIs = Self.addresses(reader, "post_logout_redirect_uris")
        let authentication = Self.authentication(reader, folder)
        reader.refuseUnknown()
        guard let clientID, let name, let entity, let scope, let algorithm, let authentication
        else { return nil }
        self.clientID = clientID
        self.name = name
        self.entity = entity
        self.scope = scope
        self.algorithm = algorithm
        self.authentication = authentication
    }

    private static func authentication(
        _ reader: ObjectReader, _ folder: String
    ) -> Authentication? {
        let keys = reader.value("jwks")
        let keysFile = reader.optionalString("jwksFile")
        let secretFile = reader.optionalString("clientSecretFile")
        switch (secretFile, keys, keysFile) {
        case (let file?, nil, nil):
            return .secretFile(ConfigurationFile.path(file, in: folder))
        case (nil, let json?, nil):
            return keySet(json, reader, "jwks")
        case (nil, nil, let file?):
            guard let json = try? ConfigurationFile.json(ConfigurationFile.path(file, in: folder))
            else {
                reader.refuse("jwksFile", "not a readable JSON file")
                return nil
            }
            return keySet(json, reader, "jwksFile")
        default:
            reader.refuse("clientSecretFile", "one of clientSecretFile, jwks and jwksFile")
            return nil
        }
    }

    /// Of a set, or of one key alone.
    private static func keySet(
        _ json: JSON, _ reader: ObjectReader, _ name: String
    ) -> Authentication? {
        do throws(KeyError) {
            if json.member("keys") == nil { return .keys(JWKSet([try JWK(json)])) }
            return .keys(try JWKSet(json))
        } catch {
            reader.refuse(name, "\(error)")
            return nil
        }
    }

    private static func scope(_ text: String) -> Scope? {
        guard let scope = Scope(text), scope.contains(Scope.openID),
            scope.values.allSatisfy(ReleasedClaims.knownScopes.contains)
        else { return nil }
        return scope
    }

    private static func addresses(_ reader: ObjectReader, _ name: String) -> [String] {
        let addresses = reader.strings(name)
        if addresses.isEmpty { reader.refuse(name, "at least one address") }
        for (index, address) in addresses.enumerated()
        where (try? URIReference(address))?.isWeb(development: true) != true {
            reader.refuse("\(name)[\(index)]", "neither https nor http on this machine")
        }
        return addresses
    }
}
