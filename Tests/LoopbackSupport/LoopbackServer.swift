import Glibc

/// A small HTTP/1.1 server on a free loopback port, one thread a connection, for tests of what goes
/// out.
public final class LoopbackServer: Sendable {
    public struct Request: Sendable {
        public let method: String
        /// Path and query as on the request line.
        public let target: String
        /// Names in lower case.
        public let headers: [String: String]
        public let body: [UInt8]

        public var path: String { String(target.split(separator: "?", maxSplits: 1).first ?? "") }
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public enum Answer: Sendable {
        case response(status: Int, headers: [(String, String)], body: [UInt8])
        /// Written as it is, then the connection is closed.
        case raw([UInt8])
        /// A JSON answer of so many bytes that never comes whole: a byte each time that these
        /// milliseconds have passed, until the peer closes the connection.
        case trickle(byteCount: Int, everyMilliseconds: UInt32)
        /// Never answers; the connection stays open until the peer closes it.
        case silence

        public static func json(_ text: String, status: Int = 200) -> Answer {
            .response(
                status: status, headers: [("Content-Type", "application/json")],
                body: Array(text.utf8))
        }
    }

    public typealias Handler = @Sendable (Request) -> Answer

    public var port: UInt16 { listener.port }
    public var base: String { "http://127.0.0.1:\(port)" }
    /// Connections accepted so far.
    public var connections: Int { listener.connections }
    private let listener: LoopbackListener

    public struct Unavailable: Error {}

    public init(_ handler: @escaping Handler) throws {
        listener = try LoopbackListener { Self.serve($0, handler) }
    }

    private static func serve(_ connection: LoopbackConnection, _ handler: Handler) {
        var buffer: [UInt8] = []
        while let request = read(connection, &buffer) {
            switch handler(request) {
            case .response(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                guard connection.write(Array(head.utf8) + [13, 10] + body) else { return }
            case .raw(let bytes):
                _ = connection.write(bytes)
                return
            case .trickle(let byteCount, let milliseconds):
                let head =
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(byteCount)\r\n\r\n"
                guard connection.write(Array(head.utf8)) else { return }
                for _ in 0..<byteCount {
                    guard connection.write([UInt8(ascii: " ")]) else { return }
                    usleep(milliseconds * 1000)
                }
            case .silence:
                _ = connection.receive(&buffer)
                return
            }
        }
    }

    private static func read(_ connection: LoopbackConnection, _ buffer: inout [UInt8]) -> Request?
    {
        var head: [String] = []
        var bodyStart = 0
        while true {
            if let end = endOfHead(buffer) {
                head = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(
                    String.init)
                bodyStart = end + 4
                break
            }
            guard connection.receive(&buffer) else { return nil }
        }
        let line = (head.first ?? "").split(separator: " ")
        guard line.count >= 2 else { return nil }
        var headers: [String: String] = [:]
        for field in head.dropFirst() {
            let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let bodyEnd = bodyStart + (headers["content-length"].flatMap { Int($0) } ?? 0)
        while buffer.count < bodyEnd {
            guard connection.receive(&buffer) else { return nil }
        }
        let body = Array(buffer[bodyStart..<bodyEnd])
        buffer.removeFirst(bodyEnd)
        return Request(
            method: String(line[0]), target: String(line[1]), headers: headers, body: body)
    }

    private static func endOfHead(_ buffer: [UInt8]) -> Int? {
        guard buffer.count >= 4 else { return nil }
        return (0...(buffer.count - 4)).first {
            buffer[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10])
        }
    }
}
