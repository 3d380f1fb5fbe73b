import Serving
import Tokens

/// What the program is told by its configuration file, checked whole at start.
struct SimulatorConfiguration: Sendable {
    /// With a path, as FranceConnect's: its endpoints lie below it.
    let issuer: String
    /// Of the issuer, without a slash at the end.
    let basePath: String
    let isSecure: Bool
    let host: String
    let port: Int
    /// Where keys and secrets are made at the first start.
    let data: String
    let misbehaves: Bool
    let clients: [ServiceProvider]

    static func read(
        file: String, misbehaves: Bool
    ) throws(ConfigurationErrors) -> SimulatorConfiguration {
        try SimulatorConfiguration(
            ConfigurationFile.json(file), folder: ConfigurationFile.folder(of: file),
            misbehaves: misbehaves)
    }

    /// - Parameters:
    ///   - folder: what relative paths count from.
    ///   - misbehaves: whether the command line asks for it.
    init(
        _ json: JSON, folder: String, misbehaves: Bool = false
    ) throws(ConfigurationErrors) {
        let reader = ObjectReader(json)
        let issuer = reader.choice("issuer", Self.issuer)
        let listen = reader.object("listen")
        host = listen?.optionalString("host") ?? "127.0.0.1"
        port = listen?.integer("port", in: 0...65535) ?? 0
        listen?.refuseUnknown()
        data = reader.string("data").map { ConfigurationFile.path($0, in: folder) } ?? ""
        self.misbehaves = reader.bool("misbehave", default: false) || misbehaves
        clients = reader.objects("clients").compactMap { ServiceProvider($0, folder: folder) }
        if Set(clients.map(\.clientID)).count < clients.count {
            reader.refuse("clients", "a client_id comes twice")
        }
        if self.misbehaves, !Self.isLoopback(host) {
            reader.refuse("listen.host", "must be a loopback address where misbehaviour is allowed")
        }
        try reader.finish()
        self.issuer = issuer?.text ?? ""
        basePath = issuer?.path ?? ""
        isSecure = issuer?.scheme == "https"
    }

    private static func issuer(_ text: String) -> URIReference? {
        guard let uri = try? URIReference(text), uri.isWeb(development: true), uri.query == nil,
            uri.fragment == nil, !uri.path.hasSuffix("/")
        else { return nil }
        return uri
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || NetworkAddress(host).map(LoopbackPeers.contains) ?? false
    }
}

/// How long things live at FranceConnect.
enum Lifetime {
    static let code = Duration.seconds(30)
    static let accessToken = Duration.seconds(60)
    static let idToken = Duration.seconds(60)
    /// Of a sign-in under way, and of the session: since its last use.
    static let session = Duration.seconds(30 * 60)
}

/// Who is on this machine.
enum LoopbackPeers {
    private static let ranges = ["127.0.0.0/8", "::1/128"].compactMap(NetworkRange.init)

    static func contains(_ address: NetworkAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }
}
