import HTML
import HTTPTypes
import Hummingbird

/// A body of JSON that was written before.
public struct JSONResponse: ResponseGenerator, Sendable {
    var bytes: ByteBuffer
    var status: HTTPResponse.Status
    var headers: HTTPFields

    public init(_ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.init(ByteBuffer(bytes: bytes), status: status, headers: headers)
    }

    /// The same from a buffer that is kept between requests: sent without a copy.
    public init(_ bytes: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.bytes = bytes
        self.status = status
        self.headers = headers
        if self.headers[.contentType] == nil { self.headers[.contentType] = "application/json" }
    }

    public var response: Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        response
    }
}

/// A page.
public struct PageResponse: ResponseGenerator, Sendable {
    var markup: Markup
    var status: HTTPResponse.Status
    var headers: HTTPFields

    /// - Parameter headers: cookies, and whatever differs from `SecurityHeaders`.
    public init(_ markup: Markup, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.markup = markup
        self.status = status
        self.headers = headers
        self.headers[.contentType] = "text/html; charset=utf-8"
    }

    public var response: Response {
        Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: markup.render())))
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        response
    }
}

/// Sends the browser elsewhere. Nothing in an address can end the header line: whatever may not
/// stand in a URL is percent-encoded (security.md 2.49).
public enum Redirect {
    /// 303: the answer to a POST. Only to pages of ours, since `form-action` covers it (D15).
    public static func seeOther(_ url: String, headers: HTTPFields = [:]) -> Response {
        redirect(.seeOther, url, headers)
    }

    /// 302: the answer to a GET, to ours or to a client's registered redirect URI.
    public static func found(_ url: String, headers: HTTPFields = [:]) -> Response {
        redirect(.found, url, headers)
    }

    private static func redirect(
        _ status: HTTPResponse.Status, _ url: String, _ headers: HTTPFields
    ) -> Response {
        var headers = headers
        headers[.location] = encoded(url)
        return Response(status: status, headers: headers)
    }

    /// `url` with every byte that no URL may hold percent-encoded (RFC 3986 §2), and the apostrophe,
    /// which would end a quoted address in a meta refresh.
    static func encoded(_ url: String) -> String {
        guard url.utf8.contains(where: { !isURLByte($0) }) else { return url }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes = [UInt8]()
        bytes.reserveCapacity(url.utf8.count + 32)
        for byte in url.utf8 {
            if isURLByte(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"),
            UInt8(ascii: "|"), UInt8(ascii: "}"):
            false
        default: (0x21...0x7E).contains(byte)
        }
    }
}
