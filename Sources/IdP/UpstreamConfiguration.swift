import Federation
import FoundationEssentials
import Outgoing
import Serving
import Tokens

/// A provider that signs parents in for us, as its file `config/upstreams/….json` describes it.
struct UpstreamConfiguration: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// With FranceConnect's own rules.
        case franceconnect
        /// Any provider that keeps to OpenID Connect.
        case standard
    }

    enum Authentication: Sendable {
        /// `client_secret_post`.
        case secret(Secret)
        /// `private_key_jwt`: the file is made at first start.
        case privateKey(file: String)
    }

    let kind: Kind
    /// In our addresses, and in what is remembered of an account's links: it never changes.
    let id: String
    let displayName: String
    let issuer: String
    let clientID: String
    let authentication: Authentication
    let scope: Scope
    /// The levels asked for: an answer with another is refused (SR-38). Empty: any.
    let acrValues: [String]
    /// A PEM file of authorities trusted besides the system's.
    let extraCAFile: String?
    let isEnabled: Bool
    /// What a parent who has never heard of it may read.
    let moreInformation: String?
    /// How long the browser may stay there.
    let signInLifetime: Duration

    /// Nil when something is missing; the reader's problems say what.
    ///
    /// - Parameter isOnLoopback: whether our own issuer is on loopback.
    init?(_ reader: ConfigurationReader, isOnLoopback: Bool) {
        kind = reader.choice("kind", default: .standard)
        let isFranceConnect = kind == .franceconnect
        let id = Self.id(reader)
        displayName = reader.string(
            "displayName", default: isFranceConnect ? "FranceConnect" : id ?? "")
        let issuer = Self.url(
            reader, "issuer", reader.string("issuer"), isIssuer: true, isOnLoopback)
        let clientID = reader.string("clientID")
        let authentication = Self.authentication(reader)
        scope = Self.scope(reader, isFranceConnect)
        let levels = reader.strings("acrValues")
        acrValues = levels.isEmpty && isFranceConnect ? [FranceConnect.level] : levels
        extraCAFile = reader.has("extraCA") ? reader.path("extraCA") : nil
        isEnabled = reader.bool("enabled", default: true)
        let information = reader.has("moreInformation") ? reader.string("moreInformation") : nil
        moreInformation =
            information.flatMap { Self.url(reader, "moreInformation", $0, isOnLoopback) }
            ?? (isFranceConnect ? "https://franceconnect.gouv.fr" : nil)
        signInLifetime = .seconds(
            reader.integer("signInLifetime", in: 60...7200, default: 30 * 60))
        reader.refuseUnknownMembers()
        guard let id, let issuer, let clientID, let authentication else { return nil }
        self.id = id
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
    }

    /// Short, lower case, so that it can stand in an address.
    private static func id(_ reader: ConfigurationReader) -> String? {
        guard let id = reader.string("id") else { return nil }
        let isGood =
            (1...32).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
        return isGood ? id : reader.note("id", "must be 1 to 32 of a–z, 0–9 and -")
    }

    /// https; in development also http on this machine. Behind an issuer that parents use, nobody
    /// on this machine may vouch for them, nor may a browser be sent to its own.
    private static func url(
        _ reader: ConfigurationReader, _ name: String, _ text: String?, isIssuer: Bool = false,
        _ isOnLoopback: Bool
    ) -> String? {
        guard let text else { return nil }
        guard let uri = try? URIReference(text), uri.fragment == nil, !isIssuer || uri.query == nil,
            uri.isWeb(development: isOnLoopback)
        else {
            return reader.note(
                name,
                isOnLoopback
                    ? "must begin with https:// (http:// on this machine only)"
                    : "must begin with https:// (http:// is for an own issuer on localhost)")
        }
        return text
    }

    private static func authentication(_ reader: ConfigurationReader) -> Authentication? {
        let hasSecret = reader.has("clientSecretFile") || reader.has("clientSecretEnv")
        let hasKey = reader.has("clientKeyFile")
        guard hasSecret != hasKey else {
            return reader.note(
                "clientSecretFile", "or clientSecretEnv, or else clientKeyFile, must be given")
        }
        if hasKey { return reader.path("clientKeyFile").map { .privateKey(file: $0) } }
        guard let secret = reader.secret("clientSecret") else { return nil }
        guard !secret.isEmpty else { return reader.note("clientSecretFile", "holds no secret") }
        return .secret(Secret(secret))
    }

    private static func scope(_ reader: ConfigurationReader, _ isFranceConnect: Bool) -> Scope {
        let fallback =
            isFranceConnect ? FranceConnect.identityScope : Scope("openid profile") ?? .empty
        guard reader.has("scope"), let text = reader.string("scope") else { return fallback }
        guard let scope = Scope(text), scope.contains(Scope.openID) else {
            return reader.note("scope", "must be scopes with spaces between, openid among them")
                ?? fallback
        }
        return scope
    }
}

extension UpstreamConfiguration {
    /// Reads the files that `upstreams` names, each with its problems noted under its name.
    ///
    /// `UPSTREAM_FRANCECONNECT_ISSUER` in the environment overrides `issuer` of `franceconnect.json`.
    static func read(
        _ files: [String], _ reader: ConfigurationReader, environment: [String: String],
        isOnLoopback: Bool
    ) -> [UpstreamConfiguration] {
        var found: [UpstreamConfiguration] = []
        for (index, file) in files.enumerated() {
            let place = "upstreams[\(index)]"
            guard let upstream = read(file, place, reader, environment, isOnLoopback) else {
                continue
            }
            if found.contains(where: { $0.id == upstream.id }) {
                reader.note(place, "has the id of another: \(upstream.id)") as Void?
            }
            // Links are kept by issuer and subject, and each issuer has one callback address.
            if found.contains(where: { $0.issuer == upstream.issuer }) {
                reader.note(place, "has the issuer of another: \(upstream.issuer)") as Void?
            }
            found.append(upstream)
        }
        return found
    }

    private static func read(
        _ file: String, _ place: String, _ reader: ConfigurationReader,
        _ environment: [String: String], _ isOnLoopback: Bool
    ) -> UpstreamConfiguration? {
        let url = URL(filePath: file)
        guard let data = try? Data(contentsOf: url) else {
            return reader.note(place, "names a file that can't be read: \(file)")
        }
        let document: JSON
        do {
            document = try JSON(parsing: Array(data))
        } catch {
            return reader.note(place, "\(file) is not JSON: \(error.code) \(error.detail)")
        }
        let own = ConfigurationReader(
            document, folder: url.deletingLastPathComponent().path(percentEncoded: false),
            prefix: prefix(url), environment: environment)
        let upstream = UpstreamConfiguration(own, isOnLoopback: isOnLoopback)
        for problem in own.problems { reader.note(place, "\(file): \(problem)") as Void? }
        return upstream
    }

    private static func prefix(_ file: URL) -> String {
        let name = file.deletingPathExtension().lastPathComponent.uppercased()
        return "UPSTREAM_" + name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    }
}
