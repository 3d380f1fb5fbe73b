/// One HTTP call that leaves the program.
public struct OutgoingRequest: Sendable, Equatable {
    public enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// Who chose the URL, which decides what addresses it may lead to.
    public enum Destination: Sendable {
        /// The operator's configuration names it: any address, also one of the internal network.
        case configured
        /// A stranger named it (a client's `jwks_uri`, for instance): https and public addresses
        /// only, checked on the address that is really connected to (security.md 2.20).
        case foreign
    }

    public var method: Method
    /// Absolute `https` URL; `http` only where the host resolves to a loopback address.
    public var url: String
    /// Names are tokens, values hold no line breaks or control characters; else `.invalidRequest`.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public var destination: Destination
    /// The answer's largest body; nil: the bound of `HTTPFetch.Options`.
    public var responseBytesMax: Int?

    public init(
        _ method: Method = .get, _ url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], destination: Destination = .configured, responseBytesMax: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.destination = destination
        self.responseBytesMax = responseBytesMax
    }

    public static func == (one: OutgoingRequest, other: OutgoingRequest) -> Bool {
        one.method == other.method && one.url == other.url && one.body == other.body
            && one.destination == other.destination
            && one.responseBytesMax == other.responseBytesMax
            && one.headers.elementsEqual(other.headers) { $0 == $1 }
    }

    /// Whether method, headers and body can be written to the wire as they are.
    var problem: String? {
        for (name, value) in headers {
            if name.isEmpty || !name.utf8.allSatisfy(Self.isTokenByte) { return "header name" }
            if !value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
                return "header value of \(name)"
            }
        }
        if method == .get && !body.isEmpty { return "a GET has no body" }
        return nil
    }

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// What came back, whole and within its bounds. A redirect is an answer like any other: it is never
/// followed.
public struct OutgoingResponse: Sendable {
    /// 200…599.
    public let status: Int
    /// Names in lower case, in the order received.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name (given in lower case).
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The media type of the body without parameters, in lower case.
    public var mediaType: String? {
        header("content-type")?.split(separator: ";", omittingEmptySubsequences: false).first.map {
            String($0).lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }
}

/// Something that can carry out an HTTP call: `HTTPFetch`, or a stub in tests.
public protocol OutgoingHTTP: Sendable {
    func send(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse
}
