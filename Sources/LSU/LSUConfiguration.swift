import FoundationEssentials
import Serving
import Tokens

/// What the program is told by its configuration file, checked whole at start.
struct LSUConfiguration: Sendable {
    /// One teleservice on a port of its own.
    struct Service: Sendable {
        let kind: TeleserviceKind
        let clientID: String
        let authentication: Authentication
        /// Where browsers find it, without a slash at the end; all its addresses are built from
        /// this.
        let baseURL: String
        let isSecure: Bool
        let host: String
        let port: Int
        /// « Retour au portail » leads there; without it there is no such link.
        let portalURL: String?
        /// Of the `.lsu` kind: the documents.
        let reports: ReportCatalogue
    }

    /// How the teleservice proves who it is at the provider's token endpoint.
    enum Authentication: Sendable {
        case none
        case secretBasic(Secret)
        case secretPost(Secret)
        /// A PKCS#8 file, made at first start.
        case privateKeyJWT(keyFile: String)
    }

    let issuer: String
    /// PEM: authorities trusted besides the system's, for the provider's certificate.
    let extraCAFile: String?
    let trustedProxies: [NetworkRange]
    let services: [Service]

    /// Reads the file; relative paths in it count from its folder. Every error is listed.
    static func read(
        file: String, environment: [String: String]
    ) throws(ConfigurationErrors) -> LSUConfiguration {
        try LSUConfiguration(
            ConfigurationFile.json(file), folder: ConfigurationFile.folder(of: file),
            environment: environment)
    }

    init(
        _ json: JSON, folder: String, environment: [String: String]
    ) throws(ConfigurationErrors) {
        let reader = ObjectReader(json)
        let issuer = reader.choice("issuer") { Self.isOwnURL($0) ? $0 : nil }
        extraCAFile = reader.optionalString("extraCAFile").map {
            ConfigurationFile.path($0, in: folder)
        }
        var proxies: [NetworkRange] = []
        for (index, text) in reader.strings("trustedProxies").enumerated() {
            if let range = NetworkRange(text) {
                proxies.append(range)
            } else {
                reader.refuse("trustedProxies[\(index)]", "not an address or range")
            }
        }
        trustedProxies = proxies
        services = reader.objects("teleservices").compactMap {
            Self.service($0, folder: folder, environment)
        }
        if let repeated = Self.firstRepeated(services.map(\.port)), repeated != 0 {
            reader.refuse("teleservices", "port \(repeated) comes twice")
        }
        try reader.finish()
        self.issuer = issuer ?? ""
    }

    private static func service(
        _ reader: ObjectReader, folder: String, _ environment: [String: String]
    ) -> Service? {
        let kind = reader.choice("kind", TeleserviceKind.init(rawValue:))
        let clientID = reader.string("clientID")
        let baseURL = reader.choice("baseURL") { isOwnURL($0) && !$0.hasSuffix("/") ? $0 : nil }
        let host = reader.optionalString("host") ?? "127.0.0.1"
        let port = reader.integer("port", in: 0...65535)
        let portalURL =
            reader.has("portalURL") ? reader.choice("portalURL") { isOwnURL($0) ? $0 : nil } : nil
        let authentication = reader.object("authentication").flatMap {
            self.authentication($0, folder: folder, environment)
        }
        var reports = ReportCatalogue.empty
        if kind == .lsu, let file = reader.string("reportsFile") {
            do throws(ConfigurationErrors) {
                reports = try ReportCatalogue(
                    parsing: ConfigurationFile.bytes(of: ConfigurationFile.path(file, in: folder)))
            } catch {
                for line in error.errors { reader.refuse("reportsFile", line) }
            }
        }
        reader.refuseUnknown()
        guard let kind, let clientID, let baseURL, let port, let authentication else { return nil }
        return Service(
            kind: kind, clientID: clientID, authentication: authentication, baseURL: baseURL,
            isSecure: baseURL.hasPrefix("https:"), host: host, port: port, portalURL: portalURL,
            reports: reports)
    }

    private static func authentication(
        _ reader: ObjectReader, folder: String, _ environment: [String: String]
    ) -> Authentication? {
        let authentication = reader.choice("method") { method -> Authentication? in
            guard let method = ClientMetadata.AuthenticationMethod(rawValue: method) else {
                return nil
            }
            switch method {
            case .clientSecretBasic:
                return secret(reader, folder, environment).map { .secretBasic($0) }
            case .clientSecretPost:
                return secret(reader, folder, environment).map { .secretPost($0) }
            case .privateKeyJWT:
                return reader.string("keyFile").map {
                    .privateKeyJWT(keyFile: ConfigurationFile.path($0, in: folder))
                }
            case .none:
                return Authentication.none
            }
        }
        reader.refuseUnknown()
        return authentication
    }

    /// Secrets never stand in the configuration itself.
    private static func secret(
        _ reader: ObjectReader, _ folder: String, _ environment: [String: String]
    ) -> Secret? {
        if reader.has("secretEnv") {
            return reader.choice("secretEnv") { name in environment[name].map { Secret($0) } }
        }
        return reader.choice("secretFile") { file in
            guard
                let bytes = try? ConfigurationFile.bytes(
                    of: ConfigurationFile.path(file, in: folder))
            else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            let secret = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return secret.isEmpty ? nil : Secret(secret)
        }
    }

    /// https, or http on this machine; neither query nor fragment.
    private static func isOwnURL(_ text: String) -> Bool {
        guard let uri = try? URIReference(text), let host = uri.host, uri.query == nil,
            uri.fragment == nil
        else { return false }
        return uri.scheme == "https"
            || uri.scheme == "http" && (host.isLoopbackAddress || host.isLocalhost)
    }

    private static func firstRepeated(_ values: [Int]) -> Int? {
        var seen: Set<Int> = []
        return values.first { !seen.insert($0).inserted }
    }
}
