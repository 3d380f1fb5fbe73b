/// A set of public keys. Source: RFC 7517 §5.
public struct JWKSet: Sendable, Equatable {
    public static let keyCountMax = 32

    public let keys: [JWK]
    /// Why the keys that were left out can't be used, each with its name and place in the set.
    public let refusals: [String]

    public init(_ keys: [JWK]) {
        self.keys = keys
        refusals = []
    }

    /// The same keys: what was left out of a set is no part of it.
    public static func == (a: JWKSet, b: JWKSet) -> Bool { a.keys == b.keys }

    /// Reads somebody's set. Keys of unknown type, curve, size, use or algorithm are left out (§5);
    /// private members, malformed keys, two keys with one `kid`, and more than 32 keys refuse the
    /// whole set.
    public init(_ json: JSON) throws(KeyError) {
        guard case .array(let elements) = json.member("keys") else {
            throw .malformed("no array of keys")
        }
        guard elements.count <= JWKSet.keyCountMax else {
            throw .malformed("more than \(JWKSet.keyCountMax) keys")
        }
        var keys: [JWK] = []
        var keyIDs: Set<String> = []
        var refusals: [String] = []
        for (index, element) in elements.enumerated() {
            let key: JWK
            do {
                key = try JWK(element)
            } catch .unsupported(let reason) {
                let name = element.member("kid")?.string.map { " (kid \($0.prefix(40)))" } ?? ""
                refusals.append("keys[\(index)]\(name): \(reason)")
                continue
            } catch {
                throw error
            }
            // Two keys under one name would make the verifier's choice a matter of chance.
            if let keyID = key.keyID, !keyIDs.insert(keyID).inserted {
                throw .malformed("two keys have the kid \(keyID)")
            }
            keys.append(key)
        }
        self.keys = keys
        self.refusals = refusals
    }

    public init(parsing bytes: [UInt8]) throws(KeyError) {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw .malformed("not JSON: \(error.code)") }
        try self.init(json)
    }

    public var json: JSON {
        ["keys": .array(keys.map(\.json))]
    }

    public func serialized() -> [UInt8] { json.serialized() }

    /// The key of that name.
    public func key(_ keyID: String) -> JWK? {
        keys.first { $0.keyID == keyID }
    }
}
