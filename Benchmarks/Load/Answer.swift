import Glibc
import NIOCore

/// One complete HTTP/1.1 answer, framed by its Content-Length: the only framing that the server uses,
/// so any other one is an error and not this program's business.
struct Answer {
    struct Malformed: Error { let reason: String }

    let status: Int
    let bytes: ByteBuffer
    private let body: Range<Int>
    private var contentTypeRange: Range<Int>?
    private var locationRange: Range<Int>?
    private var cookieRanges: [Range<Int>] = []
    private(set) var hasRetryAfter = false

    /// Nil until all of it has arrived. Takes it off the buffer.
    init?(_ input: inout ByteBuffer) throws(Malformed) {
        guard let end = input.withUnsafeReadableBytes({ Self.find("\r\n\r\n", in: $0, from: 0) })
        else {
            if input.readableBytes > Self.headMax {
                throw Malformed(reason: "a header without end")
            }
            return nil
        }
        var lines = Lines()
        let reason = input.withUnsafeReadableBytes { lines.read($0, end: end) }
        if let reason { throw Malformed(reason: reason) }
        guard let length = lines.contentLength else { throw Malformed(reason: "no Content-Length") }
        let total = end + 4 + length
        guard input.readableBytes >= total, let whole = input.readSlice(length: total) else {
            return nil
        }
        bytes = whole
        body = end + 4..<total
        status = lines.status
        contentTypeRange = lines.contentType
        locationRange = lines.location
        cookieRanges = lines.cookies
        hasRetryAfter = lines.hasRetryAfter
    }

    private static let headMax = 65_536

    /// What an answer's header holds that anybody here looks at; ranges count from its first byte.
    private struct Lines {
        var status = 0
        var contentLength: Int?
        var contentType: Range<Int>?
        var location: Range<Int>?
        var cookies: [Range<Int>] = []
        var hasRetryAfter = false

        /// Returns what is wrong, or nil.
        mutating func read(_ raw: UnsafeRawBufferPointer, end: Int) -> String? {
            guard end > 12,
                Answer.find("HTTP/1.1 ", in: UnsafeRawBufferPointer(rebasing: raw[..<9]), from: 0)
                    == 0
            else { return "no status line" }
            status = raw[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 }
            var start = (Answer.find("\r\n", in: raw, from: 0) ?? end) + 2
            while start < end {
                let stop = Answer.find("\r\n", in: raw, from: start) ?? end
                readLine(raw, start..<min(stop, end))
                start = stop + 2
            }
            return nil
        }

        private mutating func readLine(_ raw: UnsafeRawBufferPointer, _ line: Range<Int>) {
            // The first letter tells most lines apart.
            switch raw[line.lowerBound] | 0x20 {
            case UInt8(ascii: "c"):
                if let value = value("content-length: ", raw, line) {
                    contentLength = raw[value].reduce(0) { $0 * 10 + Int($1) - 48 }
                } else if let value = value("content-type: ", raw, line) {
                    contentType = value
                }
            case UInt8(ascii: "l"): location = value("location: ", raw, line) ?? location
            case UInt8(ascii: "s"):
                if let value = value("set-cookie: ", raw, line) { cookies.append(value) }
            case UInt8(ascii: "r"):
                if value("retry-after: ", raw, line) != nil { hasRetryAfter = true }
            default: break
            }
        }

        private func value(
            _ name: StaticString, _ raw: UnsafeRawBufferPointer, _ line: Range<Int>
        ) -> Range<Int>? {
            let count = name.utf8CodeUnitCount
            guard line.count >= count else { return nil }
            for index in 0..<count
            where raw[line.lowerBound + index] | 0x20 != name.utf8Start[index] {
                return nil
            }
            return line.lowerBound + count..<line.upperBound
        }
    }

    private static func find(
        _ text: StaticString, in raw: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        let count = text.utf8CodeUnitCount
        guard let base = raw.baseAddress, count > 0 else { return nil }
        var from = start
        while from + count <= raw.count {
            let room = raw.count - count + 1 - from
            guard let found = memchr(base + from, Int32(text.utf8Start[0]), room) else {
                return nil
            }
            let index = UnsafeRawPointer(found) - base
            if memcmp(base + index, text.utf8Start, count) == 0 { return index }
            from = index + 1
        }
        return nil
    }
}

extension Answer {
    var isJSON: Bool { header(contentTypeRange)?.hasPrefix("application/json") ?? false }
    var isPage: Bool { header(contentTypeRange)?.hasPrefix("text/html") ?? false }
    var location: String? { header(locationRange) }

    /// The cookies that it sets, as `name=value`.
    var cookies: [String] {
        cookieRanges.compactMap { header($0)?.split(separator: ";").first.map(String.init) }
    }

    var bodyBytes: [UInt8] {
        bytes.getBytes(at: bytes.readerIndex + body.lowerBound, length: body.count) ?? []
    }

    var bodyCount: Int { body.count }

    /// Whether the body is these bytes.
    func bodyEquals(_ expected: [UInt8]) -> Bool {
        guard expected.count == body.count else { return false }
        return withBody { raw in
            expected.withUnsafeBytes { other in
                guard let left = raw.baseAddress, let right = other.baseAddress else {
                    return raw.isEmpty
                }
                return memcmp(left, right, raw.count) == 0
            }
        }
    }

    func bodyContains(_ text: StaticString) -> Bool {
        withBody { Self.find(text, in: $0, from: 0) != nil }
    }

    /// Whether the body looks like one JSON object.
    var isObject: Bool {
        isJSON && withBody { $0.first == UInt8(ascii: "{") && $0.last == UInt8(ascii: "}") }
    }

    /// What stands in the body between the first such text and the next quotation mark.
    func text(after marker: StaticString, before terminator: Int32 = 0x22) -> String? {
        withBody { raw in
            guard let base = raw.baseAddress, let found = Self.find(marker, in: raw, from: 0) else {
                return nil
            }
            let start = found + marker.utf8CodeUnitCount
            guard let quote = memchr(base + start, terminator, raw.count - start) else {
                return nil
            }
            let end = UnsafeRawPointer(quote) - base
            return String(decoding: raw[start..<end], as: UTF8.self)
        }
    }

    private func withBody<Result>(_ read: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeReadableBytes { read(UnsafeRawBufferPointer(rebasing: $0[body])) }
    }

    private func header(_ range: Range<Int>?) -> String? {
        range.flatMap { bytes.getString(at: bytes.readerIndex + $0.lowerBound, length: $0.count) }
    }

    /// For messages about what was not expected.
    var excerpt: String {
        let text = String(decoding: bodyBytes.prefix(160), as: UTF8.self)
        return "\(status) \(header(contentTypeRange) ?? "") \(text)"
    }
}
