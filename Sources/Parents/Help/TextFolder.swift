import FoundationEssentials
import Glibc

/// The folder where an operator keeps texts for parents: which of its files count, and how much of
/// them is read.
struct TextFolder: Sendable {
    let path: String

    /// What a file holds, or why it can't be used, in English.
    enum Content: Equatable, Sendable {
        case bytes([UInt8])
        case unusable(String)
    }

    static let contact = "contact.md"
    static let legal = "mentions-legales.md"
    /// Where the sections of the help are.
    static let help = "aide"
    static let suffix = ".md"

    static let filesMax = 64
    static let bytesMax = 64 * 1024

    /// The folder can't be looked at as a whole.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// Every text by its path in the folder, such as `aide/compte.md`. Names that don't end in `.md`
    /// are editors' and the system's own.
    func read() throws(Unreadable) -> [String: Content] {
        var names = try Self.names(in: path)
        let help = path + "/" + Self.help
        if let status = Self.status(of: help), status.st_mode & S_IFMT == S_IFDIR {
            names += try Self.names(in: help).map { Self.help + "/" + $0 }
        }
        guard names.count <= Self.filesMax else {
            throw Unreadable(
                description: "there are \(names.count) files; \(Self.filesMax) may be there")
        }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, content(of: $0)) })
    }

    private static func names(in folder: String) throws(Unreadable) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
        } catch {
            throw Unreadable(description: "the folder \(folder) can't be read")
        }
    }

    private func content(of name: String) -> Content {
        guard Self.isKnown(name) else {
            return .unusable(
                "only \(Self.contact), \(Self.legal) and files in \(Self.help)/, named with a–z, 0–9 "
                    + "and -, are texts")
        }
        let file = path + "/" + name
        // Asked first: whoever opens a pipe waits for somebody to write into it.
        guard let status = Self.status(of: file), status.st_mode & S_IFMT == S_IFREG else {
            return .unusable("this is no file that can be read")
        }
        guard status.st_size <= Self.bytesMax else { return .unusable(Self.tooLong) }
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            return .unusable("this is no file that can be read")
        }
        // It may have grown since.
        return data.count <= Self.bytesMax ? .bytes(Array(data)) : .unusable(Self.tooLong)
    }

    private static let tooLong = "this is longer than \(bytesMax / 1024) KiB"

    private static func isKnown(_ name: String) -> Bool {
        name == contact || name == legal || section(name) != nil
    }

    /// `compte` of `aide/compte.md`: it becomes part of an address.
    static func section(_ name: String) -> Substring? {
        guard name.hasPrefix(help + "/"), name.hasSuffix(suffix) else { return nil }
        let section = name.dropFirst(help.count + 1).dropLast(suffix.count)
        let isPlain = section.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        return isPlain && (1...64).contains(section.utf8.count) ? section : nil
    }

    /// Of what a link points to: a folder may be mounted as links.
    private static func status(of file: String) -> stat? {
        var status = stat()
        return stat(file, &status) == 0 ? status : nil
    }
}
