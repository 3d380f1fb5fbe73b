/// A registered redirect URI. Source: RFC 6749 §3.1.2, RFC 8252 §7, SR-01, SR-31.
public struct RedirectURI: Sendable, Hashable {
    /// Which URIs a client may register, besides `https`.
    public struct Rules: Sendable, Hashable {
        /// `http` on 127.0.0.0/8 and [::1] (RFC 8252 §7.3).
        public var loopbackHTTP: Bool
        /// `fr.example.app:/callback`: a scheme with a dot (RFC 8252 §7.1).
        public var privateUseSchemes: Bool
        /// `http://localhost` on top of the loopback addresses.
        public var localhost: Bool

        public init(loopbackHTTP: Bool, privateUseSchemes: Bool, localhost: Bool) {
            self.loopbackHTTP = loopbackHTTP
            self.privateUseSchemes = privateUseSchemes
            self.localhost = localhost
        }

        public static let web = Rules(
            loopbackHTTP: false, privateUseSchemes: false, localhost: false)
        public static let native = Rules(
            loopbackHTTP: true, privateUseSchemes: true, localhost: false)
        /// Clients on a developer's machine.
        public static let development = Rules(
            loopbackHTTP: true, privateUseSchemes: true, localhost: true)
    }

    /// What an answer adds: a registered query that had them would make each come twice.
    private static let reservedParameters: Set<String> = [
        "code", "state", "iss", "error", "error_description", "error_uri", "response",
        "session_state", "id_token", "access_token",
    ]

    public let uri: URIReference

    public var text: String { uri.text }

    public init(_ text: String, rules: Rules = .web) throws(URIError) {
        let uri = try URIReference(text)
        guard uri.fragment == nil else { throw .fragment }
        guard !text.utf8.contains(UInt8(ascii: "*")) else { throw .wildcard }
        guard RedirectURI.isAllowed(uri, rules) else { throw .schemeNotAllowed }
        if let query = uri.query {
            let form: Form
            do { form = try Form(parsing: query) } catch { throw .malformed }
            guard
                !form.parameters.contains(where: {
                    RedirectURI.reservedParameters.contains($0.name)
                })
            else { throw .reservedParameter }
        }
        self.uri = uri
    }

    private static func isAllowed(_ uri: URIReference, _ rules: Rules) -> Bool {
        switch uri.scheme {
        case "https":
            return uri.host != nil
        case "http":
            guard let host = uri.host else { return false }
            return (rules.loopbackHTTP && host.isLoopbackAddress)
                || (rules.localhost && host.isLocalhost)
        default:
            // A dot keeps out javascript, data, file and every other scheme that means something.
            // The case must be the browser's, or the comparison byte for byte would fail later.
            return rules.privateUseSchemes && uri.scheme.contains(".") && uri.host == nil
                && uri.path.hasPrefix("/") && uri.text.hasPrefix(uri.scheme)
        }
    }

    /// Whether the request's `redirect_uri` is this one: byte for byte; with `loopbackPortVaries`
    /// (native clients) an http URI on a loopback address matches with any port (RFC 8252 §7.3).
    public func matches(_ requested: String, loopbackPortVaries: Bool = false) -> Bool {
        if requested.hasSameBytes(as: text) { return true }
        guard loopbackPortVaries, uri.scheme == "http", uri.host?.isLoopbackAddress == true,
            let other = try? URIReference(requested)
        else { return false }
        // Both are written without their port and compared as bytes again.
        return RedirectURI.withoutPort(other).hasSameBytes(as: RedirectURI.withoutPort(uri))
            && other.text.hasPrefix("http://")
    }

    private static func withoutPort(_ uri: URIReference) -> String {
        let query = uri.query.map { "?" + $0 } ?? ""
        let fragment = uri.fragment.map { "#" + $0 } ?? ""
        return "\(uri.scheme)://\(uri.hostText ?? "")\(uri.path)\(query)\(fragment)"
    }

    /// The URI with the response's parameters merged into its query.
    public func appending(query: [(String, String)]) -> String {
        uri.appending(query: query)
    }
}
