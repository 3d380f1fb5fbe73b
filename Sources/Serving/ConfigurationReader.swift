import FoundationEssentials
import Tokens

/// Reads a configuration document member by member and remembers everything that is wrong with it,
/// each with its path, so that an operator mends a file once and not error by error.
///
/// `EDUCONNECT_LISTEN__PORT=9000` (prefix, path in capitals, two underscores between members)
/// overrides `listen.port`, but for a variable that a member `…Env` names as the place of a secret.
/// Members that nobody asked for are errors too: a misspelt setting must not be silently ignored.
public final class ConfigurationReader {
    private var root: JSON
    private var asked: Set<String> = []
    /// The paths that variables set, as `memberName` spells them: it can't know which letters are
    /// capitals in `startTLS`. Not those that the file spells so: a misspelt member stays an error.
    private var overridden: Set<String> = []
    public private(set) var problems: [String] = []
    private let folder: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - folder: what relative paths are relative to: the folder of the file.
    ///   - prefix: what the names of overriding environment variables begin with.
    public init(_ document: JSON, folder: String, prefix: String, environment: [String: String]) {
        self.root = document
        self.folder = folder
        self.environment = environment
        if case .object = document {} else { problems.append("the document must be a JSON object") }
        let overriding = environment.filter { $0.key.hasPrefix(prefix + "_") }
            .sorted { $0.key < $1.key }
        // Where secrets lie may be overridden too, so that is settled first.
        for (name, value) in overriding where name.hasSuffix("_ENV") {
            override(name.dropFirst(prefix.utf8.count + 1), value)
        }
        let secrets = Self.variables(namedIn: root)
        for (name, value) in overriding where !name.hasSuffix("_ENV") && !secrets.contains(name) {
            override(name.dropFirst(prefix.utf8.count + 1), value)
        }
    }

    private func override(_ name: Substring, _ value: String) {
        let path = name.split(separator: "__", omittingEmptySubsequences: false)
            .map { Self.memberName($0) }
        let spelling = path.joined(separator: ".")
        if !Self.leaves(root, at: "").contains(spelling) { overridden.insert(spelling) }
        root = Self.setting(root, path: path, to: value)
    }

    /// The values of all members `…Env`.
    private static func variables(namedIn value: JSON) -> Set<String> {
        guard case .object(let members) = value else { return [] }
        return members.reduce(into: []) { names, member in
            if member.key.hasSuffix("Env"), case .string(let name) = member.value {
                names.insert(name)
            }
            names.formUnion(variables(namedIn: member.value))
        }
    }

    /// The text at this path; a problem is noted, and nil returned, where it is missing or no text.
    public func string(_ path: String) -> String? {
        switch value(path) {
        case .string(let text)?: return text
        case nil: return note(path, "is missing")
        default: return note(path, "must be a text")
        }
    }

    public func string(_ path: String, default fallback: String) -> String {
        value(path) == nil ? fallback : string(path) ?? fallback
    }

    public func integer(_ path: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        let number: Int?
        switch value(path) {
        case nil: return fallback
        case .integer(let value)?: number = Int(exactly: value)
        case .string(let text)?: number = Int(text)  // from the environment
        default: number = nil
        }
        guard let number, range.contains(number) else {
            return note(path, "must be a number from \(range.lowerBound) to \(range.upperBound)")
                ?? fallback
        }
        return number
    }

    public func bool(_ path: String, default fallback: Bool) -> Bool {
        switch value(path) {
        case nil: return fallback
        case .bool(let value)?: return value
        case .string("true")?: return true
        case .string("false")?: return false
        default: return note(path, "must be true or false") ?? fallback
        }
    }

    public func strings(_ path: String) -> [String] {
        switch value(path) {
        case nil: return []
        // From the environment.
        case .string(let text)?: return text.split(separator: ",").map(String.init)
        case .array(let values)?:
            let texts = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
            return texts.count == values.count ? texts : note(path, "must be a list of texts") ?? []
        default: return note(path, "must be a list of texts") ?? []
        }
    }

    /// A choice out of a closed list.
    public func choice<Value: RawRepresentable & CaseIterable>(
        _ path: String, default fallback: Value
    ) -> Value where Value.RawValue == String {
        guard value(path) != nil else { return fallback }
        guard let text = string(path) else { return fallback }
        if let value = Value(rawValue: text) { return value }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return note(path, "must be one of: \(names)") ?? fallback
    }

    /// A file or folder; a relative one is relative to the folder of the configuration file.
    public func path(_ path: String) -> String? {
        string(path).map(absolute)
    }

    public func path(_ path: String, default fallback: String) -> String {
        absolute(string(path, default: fallback))
    }

    /// A secret: never in the document itself, but in the file named by `<path>File` or in the
    /// environment variable named by `<path>Env`. Nil when neither is given.
    public func secret(_ path: String) -> String? {
        let file = value(path + "File") == nil ? nil : self.path(path + "File")
        let variable = value(path + "Env") == nil ? nil : string(path + "Env")
        if let file {
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                return note(path + "File", "names a file that can't be read: \(file)")
            }
            let text = String(decoding: data, as: UTF8.self)
            return String(text.trimmingSuffix { $0.isNewline })
        }
        if let variable {
            return environment[variable]
                ?? note(path + "Env", "names an environment variable that is not set: \(variable)")
        }
        return nil
    }

    public func has(_ path: String) -> Bool { value(path) != nil }

    /// Notes a problem of the caller's own; returns nil so that it can end an expression.
    @discardableResult
    public func note<Value>(_ path: String, _ problem: String) -> Value? {
        problems.append("\(path) \(problem)")
        return nil
    }

    /// Notes every member that was never asked for. Call it last.
    public func refuseUnknownMembers() {
        for path in Self.leaves(root, at: "") where !asked.contains(path) {
            let isInside = asked.contains { path.hasPrefix($0 + ".") }
            let isAskedOtherwise =
                overridden.contains(path)
                && asked.contains { $0.lowercased() == path.lowercased() }
            if !isInside, !isAskedOtherwise { problems.append("\(path) is not a setting") }
        }
    }

    /// Relative paths are relative to the folder of the configuration file.
    public func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private func value(_ path: String) -> JSON? {
        asked.insert(path)
        var current = root
        for name in path.split(separator: ".") {
            // What only the file spells otherwise is refused below.
            guard case .object(let members) = current,
                let next = members[String(name)]
                    ?? members.first(where: { $0.key.lowercased() == name.lowercased() })?.value
            else { return nil }
            current = next
        }
        return current
    }

    private static func leaves(_ value: JSON, at path: String) -> [String] {
        guard case .object(let members) = value, !(members.isEmpty && !path.isEmpty) else {
            return [path]
        }
        return members.sorted { $0.key < $1.key }.flatMap { name, member in
            leaves(member, at: path.isEmpty ? name : path + "." + name)
        }
    }

    private static func setting(_ value: JSON, path: [String], to text: String) -> JSON {
        guard let name = path.first else { return .string(text) }
        var members: [String: JSON] = [:]
        if case .object(let present) = value { members = present }
        // Names in the environment are capitals; the member's own spelling wins where it exists.
        let spelling = members.keys.first { $0.lowercased() == name.lowercased() } ?? name
        members[spelling] = setting(
            members[spelling] ?? .object([:]), path: Array(path.dropFirst()), to: text)
        return .object(members)
    }

    /// `MIGRATE_AT_START` is `migrateAtStart`.
    private static func memberName(_ part: some StringProtocol) -> String {
        let words = part.lowercased().split(separator: "_")
        guard let first = words.first else { return "" }
        return words.dropFirst().reduce(String(first)) { name, word in
            name + word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return self[startIndex..<end]
    }
}
