import Tokens

/// Reads a JSON object member by member; what is wrong is noted with its path, so that one run
/// shows every error. Confined to the function that reads.
public final class ObjectReader {
    private final class Notes { var errors: [String] = [] }

    public let path: String
    private let members: [String: JSON]
    private let notes: Notes
    private var read: Set<String> = []

    public convenience init(_ json: JSON) {
        self.init(json, path: "", Notes())
    }

    private init(_ json: JSON, path: String, _ notes: Notes) {
        self.path = path
        self.notes = notes
        if case .object(let members) = json {
            self.members = members
        } else {
            members = [:]
            notes.errors.append("\(path.isEmpty ? "file" : path): not an object")
        }
    }

    public func refuse(_ name: String, _ reason: String) {
        notes.errors.append("\(path.isEmpty ? name : "\(path).\(name)"): \(reason)")
    }

    public func has(_ name: String) -> Bool { members[name] != nil }

    /// Whatever the member holds; nil where it is absent.
    public func value(_ name: String) -> JSON? {
        read.insert(name)
        return members[name]
    }

    /// Notes whatever is neither true nor false.
    public func bool(_ name: String, default fallback: Bool) -> Bool {
        read.insert(name)
        switch members[name] {
        case nil: return fallback
        case .bool(let value)?: return value
        default:
            refuse(name, "neither true nor false")
            return fallback
        }
    }

    /// A text that must be there and not be empty.
    public func string(_ name: String) -> String? {
        read.insert(name)
        guard let value = members[name] else {
            refuse(name, "missing")
            return nil
        }
        guard let text = value.string, !text.isEmpty else {
            refuse(name, "not a text")
            return nil
        }
        return text
    }

    public func optionalString(_ name: String) -> String? {
        read.insert(name)
        return has(name) ? string(name) : nil
    }

    /// A text that `convert` must understand.
    public func choice<Value>(_ name: String, _ convert: (String) -> Value?) -> Value? {
        guard let text = string(name) else { return nil }
        let errorsBefore = notes.errors.count
        guard let value = convert(text) else {
            // `convert` may have said already what is wrong in a member that it read.
            if notes.errors.count == errorsBefore { refuse(name, "« \(text) » is not allowed") }
            return nil
        }
        return value
    }

    public func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        read.insert(name)
        guard let value = members[name]?.integer.flatMap({ Int(exactly: $0) }),
            range.contains(value)
        else {
            refuse(name, "not an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// The texts of an array; none where the member is absent.
    public func strings(_ name: String) -> [String] {
        read.insert(name)
        guard let value = members[name] else { return [] }
        guard case .array(let elements) = value else {
            refuse(name, "not an array")
            return []
        }
        return elements.enumerated().compactMap { index, element in
            if element.string == nil { refuse("\(name)[\(index)]", "not a text") }
            return element.string
        }
    }

    public func object(_ name: String) -> ObjectReader? {
        read.insert(name)
        guard let value = members[name] else {
            refuse(name, "missing")
            return nil
        }
        return ObjectReader(value, path: path.isEmpty ? name : "\(path).\(name)", notes)
    }

    /// The objects of an array that must be there.
    public func objects(_ name: String) -> [ObjectReader] {
        read.insert(name)
        guard case .array(let elements)? = members[name] else {
            refuse(name, "not an array")
            return []
        }
        let base = path.isEmpty ? name : "\(path).\(name)"
        return elements.enumerated().map { index, element in
            ObjectReader(element, path: "\(base)[\(index)]", notes)
        }
    }

    /// To be called when every known member has been read.
    public func refuseUnknown() {
        for name in members.keys.sorted() where !read.contains(name) { refuse(name, "unknown") }
    }

    /// At the root, at the end: throws what has been noted.
    public func finish() throws(ConfigurationErrors) {
        refuseUnknown()
        if !notes.errors.isEmpty { throw ConfigurationErrors(notes.errors) }
    }
}
