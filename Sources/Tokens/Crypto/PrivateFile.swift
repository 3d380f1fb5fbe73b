import FoundationEssentials
import Glibc

/// A file that nobody but its owner may read (mode 0600): a key, or a secret.
public struct PrivateFile: Sendable {
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// Not there, no regular file, or longer than anything that is kept in one.
        case unreadable(String)
        /// Others than the owner may read it: the mode must be 0600, or 0400.
        case permissions(String)
        case unwritable(String)

        public var description: String {
            switch self {
            case .unreadable(let file): "\(file) can't be read"
            case .permissions(let file): "\(file) must be readable by its owner alone (mode 0600)"
            case .unwritable(let file): "\(file) can't be written"
            }
        }
    }

    public static let byteCountMax = 64 * 1024
    private static let mode: mode_t = 0o600

    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    public var exists: Bool { access(path, F_OK) == 0 }

    /// Makes the file, and its folder, where there is none. It appears whole, and is on the disk then
    /// if its folder is: of two programs that start at once, one makes it and the other reads it.
    public func make(_ bytes: [UInt8]) throws(Failure) {
        if let slash = path.lastIndex(of: "/") {
            let folder = URL(filePath: String(path[..<slash]))
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        // A name of its own: in two containers on one volume both programs have the same process id.
        var draft = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&draft)
        guard descriptor >= 0 else { throw .unwritable(path) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, Self.fill(descriptor, bytes),
            link(draft, path) == 0 || errno == EEXIST,
            Self.syncFolder(of: path)
        else { throw .unwritable(path) }
    }

    /// Waits until the names in the folder of `path` are on the disk.
    static func syncFolder(of path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// The mode is asked of the open file, so that nobody can exchange it in between.
    public func contents() throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= Self.byteCountMax
        else { throw .unreadable(path) }
        guard status.st_mode & 0o177 == 0 else { throw .permissions(path) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { raw in
                let rest = UnsafeMutableRawBufferPointer(rebasing: raw[count...])
                return Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { throw .unreadable(path) }
            count += more
        }
        return bytes
    }

    /// Writes a new file under this name in place of any other; all of it is on the disk when this
    /// returns true. For a draft: a reader would see half of it on the way.
    func write(_ bytes: [UInt8]) -> Bool {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, Self.mode)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Self.fill(descriptor, bytes)
    }

    /// The umask may have taken bits away, never added any; the mode is set whatever it is.
    private static func fill(_ descriptor: CInt, _ bytes: [UInt8]) -> Bool {
        fchmod(descriptor, mode) == 0 && writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { raw in
            var written = 0
            while written < raw.count {
                let rest = UnsafeRawBufferPointer(rebasing: raw[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }
}
