import FoundationEssentials
import Glibc
import Tokens

/// A secret in a file of its own, which others read there too: EduConnect its client secret.
enum SecretFile {
    enum Failure: Error, Equatable, CustomStringConvertible {
        case unreadable(String)
        /// Others than the owner may read it: the mode must be 0600.
        case permissions(String)
        case empty(String)
        case unwritable(String)

        var description: String {
            switch self {
            case .unreadable(let file): "\(file) can't be read"
            case .permissions(let file): "\(file) must be readable by its owner alone (mode 0600)"
            case .empty(let file): "\(file) holds no secret"
            case .unwritable(let file): "\(file) can't be written"
            }
        }
    }

    private static let byteCount = 32

    /// The first line of the file; the file is made with 64 hexadecimal digits where there is none.
    static func read(
        _ file: String, random: (_ byteCount: Int) -> [UInt8]
    ) throws(Failure) -> Secret {
        if access(file, F_OK) != 0 { try make(file, random(byteCount)) }
        var status = stat()
        guard stat(file, &status) == 0 else { throw .unreadable(file) }
        guard status.st_mode & 0o077 == 0 else { throw .permissions(file) }
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw .unreadable(file)
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty else { throw .empty(file) }
        return Secret(Array(line))
    }

    private static func make(_ file: String, _ random: [UInt8]) throws(Failure) {
        if let slash = file.lastIndex(of: "/") {
            let folder = URL(filePath: String(file[..<slash]))
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        // Exclusive: of two programs that start at once, one makes it and the other reads it.
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw .unwritable(file)
        }
        defer { close(descriptor) }
        let bytes = Array((Hexadecimal.encode(random) + "\n").utf8)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else { throw .unwritable(file) }
    }
}
