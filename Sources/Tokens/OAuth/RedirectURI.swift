/// A registered redirect URI. Source: RFC 6749 §3.1.2, RFC 8252 §7, SR-01, SR-31.
public struct RedirectURI: Sendable, Hashable {
    /// Which URIs a client may register.
    public struct Rules: Sendable, Hashable {
        /// `http` on 127.0.0.1 and [::1] (RFC 8252 §7.3); `localhost` too in development.
        public var loopbackHTTP: Bool
        /// `fr.example.app:/callback`: a scheme with a dot (RFC 8252 §7.1).
        public var privateUseSchemes: Bool
        /// `http://localhost` on top of the loopback addresses.
        public var localhost: Bool

        public static let web = Rules(loopbackHTTP: false, privateUseSchemes: false, localhost: false)
        public static let native = Rules(loopbackHTTP: true, privateUseSchemes: true, localhost: false)
        /// Web clients on a developer's machine.
        public static let development = Rules(
            loopbackHTTP: true, privateUseSchemes: true, localhost: true)
    }

    public let uri: URIReference

    public var text: String { uri.text }

    public init(_ text: String, rules: Rules = .web) throws(URIError) {
        uri = try URIReference(text)
    }

    /// Whether the request's `redirect_uri` is this one: byte for byte; with `loopbackPortVaries`
    /// (native clients) an http URI on a loopback address matches with any port (RFC 8252 §7.3).
    public func matches(_ requested: String, loopbackPortVaries: Bool = false) -> Bool {
        Array(requested.utf8) == Array(text.utf8)
    }

    /// The URI with the response's parameters merged into its query.
    public func appending(query: [(String, String)]) -> String {
        uri.appending(query: query)
    }
}
