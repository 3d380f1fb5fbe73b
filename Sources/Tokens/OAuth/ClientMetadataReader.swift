/// Reads the members of a registration one by one and remembers what is wrong with each, so that a
/// client's developer sees all of it at once.
struct ClientMetadataReader {
    private let members: JSONMembers
    let development: Bool
    private(set) var errors: [ClientMetadataErrors.Failure] = []

    static let listCountMax = 32
    static let textLengthMax = 200

    init(_ members: JSONMembers, development: Bool) {
        self.members = members
        self.development = development
    }

    mutating func fail(
        _ path: String, _ reason: String, _ code: OAuthError.Code = .invalidClientMetadata
    ) {
        errors.append(.init(code: code, path: path, reason: reason))
    }

    func has(_ name: String) -> Bool {
        members.member(name) != nil
    }

    var names: [String] { members.members.keys.sorted() }

    mutating func string(_ name: String) -> String? {
        read(name) { members throws(JSONError) in try members.optionalString(name) }
    }

    mutating func bool(_ name: String) -> Bool? {
        read(name) { members throws(JSONError) in try members.bool(name) }
    }

    mutating func integer(_ name: String) -> Int64? {
        read(name) { members throws(JSONError) in try members.integer(name) }
    }

    mutating func strings(_ name: String) -> [String]? {
        let texts = read(name) { members throws(JSONError) in try members.stringArray(name) }
        guard let texts, texts.count <= ClientMetadataReader.listCountMax else {
            if texts != nil {
                fail(name, "more than \(ClientMetadataReader.listCountMax) elements")
            }
            return nil
        }
        return texts
    }

    /// A text that people read: one line, not blank, bounded.
    mutating func text(_ name: String) -> String? {
        guard let text = string(name) else { return nil }
        guard isLine(text) else {
            fail(name, "must be one line of 1 to \(ClientMetadataReader.textLengthMax) characters")
            return nil
        }
        return text
    }

    mutating func texts(_ name: String) -> [String] {
        let texts = strings(name) ?? []
        for (index, text) in texts.enumerated() where !isLine(text) {
            fail("\(name)[\(index)]", "must be one line")
        }
        return texts.filter(isLine)
    }

    /// One value of a closed list; an unknown one is an error that names those known.
    mutating func value<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let text = string(name) else { return nil }
        if let value = Value(rawValue: text) { return value }
        fail(name, "must be one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    mutating func values<Value: RawRepresentable & CaseIterable & Equatable>(
        _ name: String, _ type: Value.Type
    ) -> [Value]? where Value.RawValue == String {
        guard let texts = strings(name) else { return nil }
        var values: [Value] = []
        for (index, text) in texts.enumerated() {
            guard let value = Value(rawValue: text) else {
                let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
                fail("\(name)[\(index)]", "must be one of " + known)
                continue
            }
            if !values.contains(value) { values.append(value) }
        }
        return values
    }

    /// An absolute `https` URI (in development also http on this machine), without a fragment
    /// unless allowed.
    mutating func webURI(_ name: String, allowsFragment: Bool = false) -> String? {
        guard let text = string(name) else { return nil }
        return isWebURI(text, at: name, allowsFragment: allowsFragment) ? text : nil
    }

    mutating func webURIs(_ name: String, allowsFragment: Bool = false) -> [String] {
        var uris: [String] = []
        for (index, text) in (strings(name) ?? []).enumerated()
        where isWebURI(text, at: "\(name)[\(index)]", allowsFragment: allowsFragment) {
            uris.append(text)
        }
        return uris
    }

    mutating func redirectURIs(
        _ name: String, _ rules: RedirectURI.Rules, _ code: OAuthError.Code
    ) -> [RedirectURI] {
        var uris: [RedirectURI] = []
        for (index, text) in (strings(name) ?? []).enumerated() {
            do {
                let uri = try RedirectURI(text, rules: rules)
                if !uris.contains(uri) { uris.append(uri) }
            } catch {
                fail("\(name)[\(index)]", error.reason, code)
            }
        }
        return uris
    }

    /// A set with a key that we can use; else the developer is told what is wrong with each.
    mutating func keys(_ name: String) -> JWKSet? {
        guard let json = members.member(name) else { return nil }
        do {
            let set = try JWKSet(json)
            if set.keys.isEmpty && !set.refusals.isEmpty {
                fail(name, "no key that can be used: " + set.refusals.joined(separator: "; "))
                return nil
            }
            return set
        } catch {
            fail(name, "\(error)")
            return nil
        }
    }

    private mutating func isWebURI(_ text: String, at path: String, allowsFragment: Bool) -> Bool {
        do {
            let uri = try URIReference(text)
            guard uri.isWeb(development: development) else { throw URIError.schemeNotAllowed }
            guard allowsFragment || uri.fragment == nil else { throw URIError.fragment }
            return true
        } catch let error as URIError {
            fail(path, error.reason)
        } catch {
            fail(path, "malformed")
        }
        return false
    }

    private mutating func read<Value>(
        _ name: String, _ body: (JSONMembers) throws(JSONError) -> Value?
    ) -> Value? {
        do {
            return try body(members)
        } catch {
            fail(error.path, error.detail.isEmpty ? error.code.rawValue : error.detail)
            return nil
        }
    }

    /// No control characters, and none that turn the direction of writing.
    private func isLine(_ text: String) -> Bool {
        (1...ClientMetadataReader.textLengthMax).contains(text.unicodeScalars.count)
            && text.unicodeScalars.contains { !$0.properties.isWhitespace }
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
                default: true
                }
            }
    }
}

extension URIError {
    /// For the developer of a client.
    var reason: String {
        switch self {
        case .tooLong: "longer than \(URIReference.byteCountMax) characters"
        case .malformed: "not an absolute URI (RFC 3986)"
        case .userInformation: "must not hold user information"
        case .fragment: "must not have a fragment"
        case .wildcard: "must not hold a wildcard"
        case .dotSegment: "must not hold . or .. segments"
        case .schemeNotAllowed: "must be https, or what the application type allows"
        case .reservedParameter: "its query must not hold parameters of the response"
        }
    }
}
