import Glibc

/// Unix sockets of the C library: addresses, peers, lines.
enum LocalSocket {
    static func make() throws -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw CommandFailure("no socket can be made: too many open files?")
        }
        return descriptor
    }

    /// Calls `body` with the address of `path`; -1 for a path that is too long for one.
    static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity, !bytes.contains(0) else { return -1 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Whether the other end is a process of our own user, or of root.
    static func isOwner(_ descriptor: Int32) -> Bool {
        // `struct ucred` of unix(7), which the C library hides: pid, uid, gid.
        var peer: (pid: Int32, uid: UInt32, gid: UInt32) = (0, .max, .max)
        var size = socklen_t(MemoryLayout.size(ofValue: peer))
        let status = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size)
        return status == 0 && (peer.uid == geteuid() || peer.uid == 0)
    }

    static func setTimeout(_ descriptor: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// A line without its line feed; nil when it is too long, or the other end goes or falls silent.
    static func readLine(_ descriptor: Int32, max: Int) -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while line.count <= max {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            let chunk = buffer[..<count]
            if let end = chunk.firstIndex(of: 0x0A) { return line + chunk[..<end] }
            line += chunk
        }
        return nil
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }
}
