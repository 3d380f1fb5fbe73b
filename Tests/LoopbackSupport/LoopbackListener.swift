import Glibc
import Synchronization

/// Accepts connections on a free loopback port and serves each on a thread of its own.
///
/// `@unchecked Sendable`: all is immutable or locked, and the accepting thread alone closes the
/// descriptor it listens on.
final class LoopbackListener: @unchecked Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let accepted = Mutex(0)

    /// - Parameter serve: gets each connection, which is closed when it returns.
    init(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) throws {
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
        guard descriptor >= 0, isListening else { throw LoopbackServer.Unavailable() }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        spawnThread { [weak self] in
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
                self.accepted.withLock { $0 += 1 }
                spawnThread {
                    serve(LoopbackConnection(descriptor: connection))
                    close(connection)
                }
            }
        }
    }

    /// Only wakes the accepting thread, which closes: its number may be another socket's at once.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Connections accepted so far.
    var connections: Int { accepted.withLock { $0 } }
}

/// The bytes of one connection.
struct LoopbackConnection: Sendable {
    let descriptor: Int32

    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Adds what comes next to the buffer; false at the end.
    func receive(_ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16384)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }

    /// Carries bytes both ways between this connection and a port of this machine until one ends.
    func splice(to port: UInt16) {
        let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        defer { close(other) }
        guard isConnected else { return }
        let (here, there) = (self, LoopbackConnection(descriptor: other))
        spawnThread { there.copy(to: here) }
        here.copy(to: there)
    }

    private func copy(to other: LoopbackConnection) {
        var buffer: [UInt8] = []
        while receive(&buffer), other.write(buffer) { buffer = [] }
        shutdown(other.descriptor, Int32(SHUT_RDWR))
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

func spawnThread(_ body: @escaping @Sendable () -> Void) {
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
