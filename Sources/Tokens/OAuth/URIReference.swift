/// An absolute URI, parsed strictly and kept as it was written: it is compared byte for byte, never
/// normalized (security.md 2.1).
///
/// Source: RFC 3986. Refused: other than ASCII of the grammar (so no space, control, backslash or
/// quote), broken percent escapes, user information, ports outside 1–65535, hosts that browsers and
/// resolvers may read as another one.
public struct URIReference: Sendable, Hashable {
    public static let byteCountMax = 2048

    public enum Host: Sendable, Hashable {
        /// Lower case, letters, digits, dots and hyphens.
        case name(String)
        case ipv4(String)
        /// Without its brackets.
        case ipv6(String)

        /// An address that never leaves the machine, by its literal. A name, `localhost` too, is
        /// none.
        public var isLoopbackAddress: Bool {
            switch self {
            case .name: false
            case .ipv4(let text): text.hasPrefix("127.")
            case .ipv6(let text): text == "::1"
            }
        }

        public var isLocalhost: Bool { self == .name("localhost") }
    }

    public let text: String
    /// Lower case.
    public let scheme: String
    /// Nil for `scheme:/path`, which has no authority.
    public let host: Host?
    public let port: Int?
    public let path: String
    public let query: String?
    public let fragment: String?

    public init(_ text: String) throws(URIError) {
        guard text.utf8.count <= URIReference.byteCountMax else { throw .tooLong }
        try self.init(URIParser.parse(Array(text.utf8)), text)
    }

    private init(_ parts: URIParser.Parts, _ text: String) throws(URIError) {
        self.text = text
        scheme = parts.scheme
        host = parts.host
        port = parts.port
        path = parts.path
        query = parts.query
        fragment = parts.fragment
    }

    /// Scheme, host and port, as a browser writes an origin; nil without a host.
    public var origin: String? {
        guard let hostText else { return nil }
        let isDefaultPort =
            port == nil || (scheme == "https" && port == 443)
            || (scheme == "http" && port == 80)
        let suffix = isDefaultPort ? "" : ":\(port ?? 0)"
        return "\(scheme)://\(hostText)\(suffix)"
    }

    /// The host as written in an origin, without port.
    public var hostText: String? {
        switch host {
        case .name(let text), .ipv4(let text): text
        case .ipv6(let address): "[\(address)]"
        case nil: nil
        }
    }

    /// This URI with parameters merged into its query, before its fragment.
    public func appending(query added: [(String, String)]) -> String {
        guard !added.isEmpty else { return text }
        let encoded = Form.encode(added)
        let withoutFragment = text.prefix { $0 != "#" }
        let tail = fragment.map { "#" + $0 } ?? ""
        let joint =
            switch query {
            case nil: "?"
            case "": ""
            case .some(let query): query.hasSuffix("&") ? "" : "&"
            }
        return withoutFragment + joint + encoded + tail
    }

    /// Whether it is `https` with a host, or, in development, `http` on this machine.
    public func isWeb(development: Bool) -> Bool {
        guard let host else { return false }
        return scheme == "https"
            || (development && scheme == "http" && (host.isLoopbackAddress || host.isLocalhost))
    }
}

public enum URIError: Error, Equatable, Sendable {
    case tooLong
    case malformed
    case userInformation
    case fragment
    case wildcard
    /// A `.` or `..` segment, escaped or not.
    case dotSegment
    /// `https` only, plus what the client's type allows.
    case schemeNotAllowed
    /// The query holds a parameter of the authorization response, such as `code` or `state`.
    case reservedParameter
}
