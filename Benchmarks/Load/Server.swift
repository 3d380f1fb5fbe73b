import Glibc

/// The program under test: started, watched through /proc, stopped.
final class Server {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let process: pid_t
    /// From the start of the process to its first whole answer, in milliseconds.
    let startMilliseconds: Double
    /// Anonymous memory at that moment, in KiB.
    let anonymousKiBAtStart: Int

    /// Starts it and waits for the first answer of `path`.
    init(arguments: [String], log: String, port: Int, path: String) throws {
        let start = monotonic()
        process = try Self.spawn(arguments, log: log)
        let deadline = start + 20_000_000_000
        while !Self.answers(port: port, path: path) {
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == 0 else {
                throw Failure(
                    description: "\(arguments.joined(separator: " ")) has stopped; see \(log)")
            }
            guard monotonic() < deadline else {
                kill(process, SIGKILL)
                throw Failure(description: "the server does not answer; see \(log)")
            }
            usleep(500)
        }
        startMilliseconds = Double(monotonic() - start) / 1e6
        anonymousKiBAtStart = Self.anonymousKiB(process)
    }

    var anonymousKiB: Int { Self.anonymousKiB(process) }

    /// Processor seconds of all its threads, user and system, since its start.
    var processorSeconds: Double {
        guard let text = Self.read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")")
        else { return 0 }
        // Fields 14 and 15 (proc(5)); what follows the name begins with field 3.
        let fields = text[end...].split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// As systemd does. Returns the exit status; throws when it does not end.
    @discardableResult
    func stop() throws -> Int32 {
        kill(process, SIGTERM)
        var status: Int32 = 0
        for _ in 0..<2000 {
            if waitpid(process, &status, WNOHANG) == process { return (status >> 8) & 0xFF }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        throw Failure(description: "the server did not stop within 20 s of SIGTERM")
    }

    /// For the end of a run that has failed already.
    func abandon() { kill(process, SIGKILL) }

    // MARK: The system

    private static func spawn(_ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        // A crash must end it at once, not print for a minute on one of two cores.
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        let code = posix_spawn(&process, arguments[0], &actions, nil, &words, environ)
        guard code == 0 else {
            throw Failure(description: "can't start \(arguments[0]): error \(code)")
        }
        return process
    }

    private static func answers(port: Int, path: String) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n".utf8)
        guard isConnected, send(descriptor, request, request.count, 0) == request.count else {
            return false
        }
        var answer = [UInt8](repeating: 0, count: 12)
        guard recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count else {
            return false
        }
        return answer == Array("HTTP/1.1 200".utf8)
    }

    private static func anonymousKiB(_ process: pid_t) -> Int {
        let line = read("/proc/\(process)/status")?.split(separator: "\n").first {
            $0.hasPrefix("RssAnon:")
        }
        return line.flatMap {
            $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        }
        .flatMap { Int($0) } ?? 0
    }

    /// A small file whole.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
