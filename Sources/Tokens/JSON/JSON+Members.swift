/// A JSON object being read: typed members whose errors name their path from the root.
public struct JSONMembers: Sendable {
    public let members: [String: JSON]
    /// Where this object stands, empty at the root.
    public let path: String

    public init(_ members: [String: JSON], path: String = "") {
        self.members = members
        self.path = path
    }

    public func path(of name: String) -> String {
        path.isEmpty ? name : path + "." + name
    }

    public func member(_ name: String) -> JSON? {
        members[name]
    }

    public func requiredString(_ name: String) throws(JSONError) -> String {
        try required(name, try optionalString(name))
    }

    /// Nil when absent. `null` is not a string.
    public func optionalString(_ name: String) throws(JSONError) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "a string") }
        return text
    }

    public func integer(_ name: String) throws(JSONError) -> Int64? {
        guard let value = members[name] else { return nil }
        guard case .integer(let integer) = value else { throw wrongType(name, "an integer") }
        return integer
    }

    public func requiredInteger(_ name: String) throws(JSONError) -> Int64 {
        try required(name, try integer(name))
    }

    public func bool(_ name: String) throws(JSONError) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .bool(let bool) = value else { throw wrongType(name, "true or false") }
        return bool
    }

    public func array(_ name: String) throws(JSONError) -> [JSON]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else { throw wrongType(name, "an array") }
        return elements
    }

    /// An array of strings; the error names the element that is none.
    public func stringArray(_ name: String) throws(JSONError) -> [String]? {
        guard let elements = try array(name) else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw wrongType("\(name)[\(index)]", "a string")
            }
            texts.append(text)
        }
        return texts
    }

    public func object(_ name: String) throws(JSONError) -> JSONMembers? {
        guard let value = members[name] else { return nil }
        guard case .object(let members) = value else { throw wrongType(name, "an object") }
        return JSONMembers(members, path: path(of: name))
    }

    public func requiredObject(_ name: String) throws(JSONError) -> JSONMembers {
        try required(name, try object(name))
    }

    /// Names that the reader doesn't know, sorted.
    public func unknownMembers(besides known: Set<String>) -> [String] {
        members.keys.filter { !known.contains($0) }.sorted()
    }

    private func required<Value>(_ name: String, _ value: Value?) throws(JSONError) -> Value {
        guard let value else { throw JSONError(.missing, at: path(of: name)) }
        return value
    }

    private func wrongType(_ name: String, _ expected: String) -> JSONError {
        JSONError(.wrongType, at: path(of: name), "not " + expected)
    }
}

extension JSON {
    /// This value as an object, or an error at `path`.
    public func members(path: String = "") throws(JSONError) -> JSONMembers {
        guard case .object(let members) = self else {
            throw JSONError(.wrongType, at: path, "not an object")
        }
        return JSONMembers(members, path: path)
    }

    /// Nil when this is no object or has no such member.
    public func member(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    public func requiredString(_ name: String) throws(JSONError) -> String {
        try members().requiredString(name)
    }

    public func optionalString(_ name: String) throws(JSONError) -> String? {
        try members().optionalString(name)
    }

    public func stringArray(_ name: String) throws(JSONError) -> [String]? {
        try members().stringArray(name)
    }

    public func integer(_ name: String) throws(JSONError) -> Int64? {
        try members().integer(name)
    }

    public func bool(_ name: String) throws(JSONError) -> Bool? {
        try members().bool(name)
    }

    public func unknownMembers(besides known: Set<String>) -> [String] {
        guard case .object(let members) = self else { return [] }
        return JSONMembers(members).unknownMembers(besides: known)
    }
}
