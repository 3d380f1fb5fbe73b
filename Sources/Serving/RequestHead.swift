import HTTPTypes
import NIOHTTP1

/// A request's header that passed the checks that the parser leaves to us.
///
/// Ambiguous framing is refused whole, since a proxy may have read it otherwise (security.md 2.49;
/// RFC 9112 §6.1, §6.3). llhttp already refuses line folding, bad tokens and bad lengths.
struct RequestHead {
    /// Why a header is refused, as the status that says so.
    struct Refusal: Error, Equatable {
        var status: HTTPResponse.Status
    }

    let request: HTTPRequest
    /// Bytes announced by `Content-Length`; `nil` where the body is chunked.
    let announcedBytes: Int?
    let keepsAlive: Bool
    /// HTTP/1.0: a connection that stays open has to be said.
    let isOld: Bool
    let expectsContinue: Bool

    init(_ head: HTTPRequestHead) throws(Refusal) {
        let framing = try Self.framing(head)
        announcedBytes = framing.announcedBytes
        isOld = head.version.minor == 0
        // After an upgrade the parser reads no further request.
        keepsAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade")
        expectsContinue = try Self.expectsContinue(head)
        guard let method = HTTPRequest.Method(head.method.rawValue), method != .connect else {
            throw Refusal(status: .notImplemented)
        }
        let path = try Self.path(head.uri)
        var fields = HTTPFields()
        fields.reserveCapacity(head.headers.count)
        var authority: String?
        for (name, value) in head.headers {
            // White space after a value is not part of it (RFC 9110 §5.5), and the parser leaves it.
            let value = Self.withoutTrailingSpace(value)
            guard let name = HTTPField.Name(name), HTTPField.isValidValue(value) else {
                throw Refusal(status: .badRequest)
            }
            if name.canonicalName == "host" {
                guard authority == nil else { throw Refusal(status: .badRequest) }
                authority = value
            } else {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        guard authority != nil || isOld else { throw Refusal(status: .badRequest) }
        request = HTTPRequest(
            method: method, scheme: "http", authority: authority, path: path, headerFields: fields)
    }

    private static func withoutTrailingSpace(_ value: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let last = value.utf8.last, isSpace(last) else { return value }
        let rest = value.utf8.reversed().drop(while: isSpace).reversed()
        return String(decoding: rest, as: UTF8.self)
    }

    private static func framing(
        _ head: HTTPRequestHead
    ) throws(Refusal) -> (announcedBytes: Int?, isChunked: Bool) {
        let codings = head.headers["transfer-encoding"]
        let lengths = head.headers["content-length"]
        guard lengths.count <= 1, codings.count <= 1, codings.isEmpty || lengths.isEmpty else {
            throw Refusal(status: .badRequest)
        }
        if let coding = codings.first {
            guard coding.lowercased() == "chunked", head.version.minor == 1 else {
                throw Refusal(status: .badRequest)
            }
            return (nil, true)
        }
        guard let length = lengths.first else { return (0, false) }
        guard (1...15).contains(length.utf8.count), let count = Int(length), count >= 0,
            length.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw Refusal(status: .badRequest) }
        return (count, false)
    }

    private static func expectsContinue(_ head: HTTPRequestHead) throws(Refusal) -> Bool {
        guard let expectation = head.headers.first(name: "expect") else { return false }
        guard expectation.lowercased() == "100-continue" else {
            throw Refusal(status: .expectationFailed)
        }
        return head.version.minor == 1
    }

    /// Path and query of the request target: as it is in origin form, behind the authority in absolute
    /// form (RFC 9112 §3.2). Printable ASCII without a fragment; anything else is no URL.
    private static func path(_ target: String) throws(Refusal) -> String {
        guard
            target.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
        else { throw Refusal(status: .badRequest) }
        if target.utf8.first == UInt8(ascii: "/") { return target }
        let lowercased = target.lowercased()
        for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty else { break }
            let path = rest.dropFirst(authority.count)
            return path.first == "/" ? String(path) : "/\(path)"
        }
        throw Refusal(status: .badRequest)
    }
}
