import FoundationEssentials
import Flow
import Parents
import Serving
import Tokens

/// The settings of an installation, checked whole at start. Source of truth for `docs/configuration.md`.
struct Configuration: Sendable {
    var issuer: URIReference
    var listen: ListenerOptions
    /// Holds the control socket, and by default the store.
    var dataFolder: String
    var store: StoreChoice
    var migratesAtStart: Bool
    var keys: Keys
    var policy: Policy
    var passwordThreads: Int
    var log: LogLevel
    /// Providers that sign parents in for us; see `makeUpstreams`.
    var upstreams: [UpstreamConfiguration]
    var messages: MessageSettings
    var support: SupportContact
    /// Where the operator keeps texts for parents; nil for none.
    var textsFolder: String?
    /// Said above every page of an installation that is not the real one; nil for none.
    var banner: String?

    enum StoreChoice: Sendable, Equatable {
        case sqlite(path: String)
        /// A libpq connection string.
        case postgreSQL(Secret)
    }

    struct Keys: Sendable {
        var folder: String
        /// How long a new key is published before it signs (SR-28).
        var lead: Duration
        /// Makes keys where the folder has none.
        var makesFirst: Bool
    }

    enum LogLevel: String, Sendable, CaseIterable {
        case debug, info, notice, warning, error
    }

    /// Every error of a configuration file, one a line.
    struct Invalid: Error, CustomStringConvertible {
        let file: String
        let problems: [String]
        var description: String {
            "the configuration \(file) has errors (another is given with --config):\n"
                + problems.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    /// Reads and checks a file. `EDUCONNECT_A__B` in the environment overrides `a.b`.
    static func load(file: String, environment: [String: String]) throws -> Configuration {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            throw CommandFailure(
                "the configuration \(file) can't be read: give another with --config")
        }
        let document: JSON
        do {
            document = try JSON(parsing: Array(data))
        } catch {
            throw Invalid(
                file: file, problems: ["the file is not JSON: \(error.code) \(error.detail)"])
        }
        let folder = URL(filePath: file).deletingLastPathComponent().path(percentEncoded: false)
        let reader = ConfigurationReader(
            document, folder: folder.hasSuffix("/") ? String(folder.dropLast()) : folder,
            prefix: "EDUCONNECT",
            environment: environment)
        guard let configuration = Configuration(reader, environment: environment),
            reader.problems.isEmpty
        else {
            throw Invalid(file: file, problems: reader.problems)
        }
        return configuration
    }

    /// Nil when something that everything depends on is missing; the reader's problems say what.
    private init?(_ reader: ConfigurationReader, environment: [String: String]) {
        let issuer = Self.issuer(reader)
        listen = Self.listen(reader)
        dataFolder = reader.path("data", default: "var")
        store = Self.store(reader, dataFolder)
        migratesAtStart = reader.bool("store.migrateAtStart", default: false)
        keys = Keys(
            folder: reader.path("keys.folder", default: "keys"),
            lead: .seconds(reader.integer("keys.lead", in: 0...2_592_000, default: 86_400)),
            makesFirst: reader.bool("keys.makeFirst", default: true))
        policy = Self.policy(reader)
        passwordThreads = reader.integer("passwordThreads", in: 1...64, default: Self.processors)
        log = reader.choice("log.level", default: .info)
        // Where our own issuer can't be read, that alone is said, and nothing of theirs.
        upstreams = UpstreamConfiguration.read(
            reader.strings("upstreams").map(reader.absolute), reader, environment: environment,
            isOnLoopback: issuer?.host.map { $0.isLocalhost || $0.isLoopbackAddress } ?? true)
        messages = MessageSettings(
            reader, dataFolder: dataFolder, isDevelopment: issuer?.scheme == "http")
        support = SupportContact(reader)
        textsFolder = reader.has("texts.folder") ? reader.path("texts.folder") : nil
        banner = reader.has("banner") ? reader.string("banner") : nil
        reader.refuseUnknownMembers()
        guard let issuer else { return nil }
        self.issuer = issuer
    }

    /// The address that the school's letters give to parents (J-G-10).
    static let nationalIssuer = "https://educonnect.education.gouv.fr"

    /// https, or plain http on loopback for development: an origin, since every path hangs on it.
    private static func issuer(_ reader: ConfigurationReader) -> URIReference? {
        let text = reader.string("issuer", default: nationalIssuer)
        guard let uri = try? URIReference(text), let host = uri.host, uri.path.isEmpty,
            uri.query == nil, uri.fragment == nil
        else {
            return reader.note("issuer", "must be https://host[:port], without a path or a slash")
        }
        let isDevelopment = uri.scheme == "http" && (host.isLocalhost || host.isLoopbackAddress)
        guard uri.scheme == "https" || isDevelopment else {
            return reader.note("issuer", "must begin with https:// (http:// on localhost only)")
        }
        return uri
    }

    /// The values of the profile, and those that an installation may set apart from it.
    private static func policy(_ reader: ConfigurationReader) -> Policy {
        var policy = Policy(profile: reader.choice("policy.profile", default: .educonnect))
        policy.screens.activationForm = reader.choice(
            "policy.activationForm", default: policy.screens.activationForm)
        policy.screens.signInHeading = reader.choice(
            "policy.signInHeading", default: policy.screens.signInHeading)
        policy.sends.inTotalAnHour = Int64(
            reader.integer(
                "policy.smsAnHour", in: 0...1_000_000, default: Int(policy.sends.inTotalAnHour)))
        return policy
    }

    private static func listen(_ reader: ConfigurationReader) -> ListenerOptions {
        var proxies: [NetworkRange] = []
        for (index, text) in reader.strings("listen.trustedProxies").enumerated() {
            if let range = NetworkRange(text) {
                proxies.append(range)
            } else {
                let _: Never? = reader.note(
                    "listen.trustedProxies[\(index)]",
                    "must be an address or a range such as 10.0.0.0/8")
            }
        }
        return ListenerOptions(
            host: reader.string("listen.host", default: "127.0.0.1"),
            port: reader.integer("listen.port", in: 0...65_535, default: 8080),
            trustedProxies: proxies,
            // One processor is left to the threads of the store.
            eventLoopThreads: reader.integer(
                "listen.threads", in: 1...64, default: max(1, processors - 1)))
    }

    private static func store(_ reader: ConfigurationReader, _ dataFolder: String) -> StoreChoice {
        if let connection = reader.secret("store.postgresql") {
            return .postgreSQL(Secret(Array(connection.utf8)))
        }
        let path = reader.has("store.sqlite") ? reader.path("store.sqlite") : nil
        return .sqlite(path: path ?? dataFolder + "/educonnect.sqlite")
    }

    static var processors: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    var isSecure: Bool { issuer.scheme == "https" }
}

/// Something that a command can't do, in one sentence that says what to do about it.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
