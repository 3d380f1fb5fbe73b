import Tokens

/// A secret in a file of its own, which others read there too: EduConnect its client secret.
enum SecretFile {
    /// The file holds no secret: it, or its first line, is empty.
    struct Empty: Error, Equatable, CustomStringConvertible {
        let file: String
        var description: String { "\(file) holds no secret" }
    }

    private static let byteCount = 32

    /// The first line of the file; the file is made with 64 hexadecimal digits where there is none.
    static func read(_ path: String, random: (_ byteCount: Int) -> [UInt8]) throws -> Secret {
        let file = PrivateFile(path)
        if !file.exists {
            try file.make(Array((Hexadecimal.encode(random(byteCount)) + "\n").utf8))
        }
        let line = try file.contents().prefix {
            $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        guard !line.isEmpty else { throw Empty(file: path) }
        return Secret(Array(line))
    }
}
