import Glibc
import Synchronization

/// A small HTTP/1.1 server on a free loopback port, one thread a connection, for tests of what goes
/// out.
///
/// `@unchecked Sendable`: all is immutable or locked, and the accepting thread alone closes the
/// descriptor it listens on.
public final class LoopbackServer: @unchecked Sendable {
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
        /// Never answers; the connection stays open until the peer closes it.
        case silence

        public static func json(_ text: String, status: Int = 200) -> Answer {
            .response(
                status: status, headers: [("Content-Type", "application/json")],
                body: Array(text.utf8))
        }
    }

    public typealias Handler = @Sendable (Request) -> Answer

    public let port: UInt16
    public var base: String { "http://127.0.0.1:\(port)" }
    /// Connections accepted so far.
    public var connections: Int { counters.withLock { $0 } }
    private let descriptor: Int32
    private let handler: Handler
    private let counters = Mutex(0)

    public struct Unavailable: Error {}

    public init(_ handler: @escaping Handler) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard descriptor >= 0, isListening else { throw Unavailable() }
        self.descriptor = descriptor
        self.handler = handler
        port = UInt16(bigEndian: address.sin_port)
        Self.spawn { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else {
                    close(descriptor)
                    return
                }
                guard let self else {
                    close(connection)
                    return
                }
                self.counters.withLock { $0 += 1 }
                let handler = self.handler
                Self.spawn { Self.serve(connection, handler) }
            }
        }
    }

    /// Only wakes the accepting thread, which closes: its number may be another socket's at once.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func spawn(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if status == 0 { pthread_detach(thread) } else { work.release() }
    }

    private static func serve(_ connection: Int32, _ handler: Handler) {
        defer { close(connection) }
        var buffer: [UInt8] = []
        while let request = read(connection, &buffer) {
            switch handler(request) {
            case .response(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                guard write(connection, Array(head.utf8) + [13, 10] + body) else { return }
            case .raw(let bytes):
                _ = write(connection, bytes)
                return
            case .silence:
                _ = receive(connection, &buffer)
                return
            }
        }
    }

    private static func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func receive(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16384)
        let count = chunk.withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }

    private static func read(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        var head: [String] = []
        var bodyStart = 0
        while true {
            if let end = endOfHead(buffer) {
                head = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(
                    String.init)
                bodyStart = end + 4
                break
            }
            guard receive(connection, &buffer) else { return nil }
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
            guard receive(connection, &buffer) else { return nil }
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
