import FoundationEssentials
import Tokens

/// All that is wrong with a file, each with its path.
public struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
    public let errors: [String]

    public init(_ errors: [String]) { self.errors = errors }

    public var description: String { errors.joined(separator: "\n") }
}

/// The files that a configuration is made of.
public enum ConfigurationFile {
    public static func bytes(of file: String) throws(ConfigurationErrors) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: file)))
        } catch {
            throw ConfigurationErrors(["\(file) can't be read"])
        }
    }

    public static func json(_ file: String) throws(ConfigurationErrors) -> JSON {
        do {
            return try JSON(parsing: try bytes(of: file))
        } catch {
            throw ConfigurationErrors(["\(file): not a readable JSON file"])
        }
    }

    /// The folder that relative paths in the file count from.
    public static func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    public static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
