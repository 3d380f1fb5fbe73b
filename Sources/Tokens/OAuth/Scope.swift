/// An ordered set of scope values. Source: RFC 6749 §3.3.
public struct Scope: Sendable, Hashable {
    public static let valueCountMax = 32
    public static let valueByteCountMax = 128

    public let values: [String]

    /// Parses a space-separated text; repeated values count once. Nil for a character outside
    /// x21, x23–5B, x5D–7E, for more than 32 values, and for one longer than 128 characters.
    public init?(_ text: String) {
        var values: [String] = []
        for value in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        {
            guard value.count <= Scope.valueByteCountMax, value.allSatisfy(Scope.isAllowed),
                let value = String(value)
            else { return nil }
            if !values.contains(value) { values.append(value) }
            guard values.count <= Scope.valueCountMax else { return nil }
        }
        self.values = values
    }

    private init(values: [String]) {
        self.values = values
    }

    public static let empty = Scope(values: [])
    public static let openID = "openid"
    public static let offlineAccess = "offline_access"

    public func contains(_ value: String) -> Bool {
        values.contains(value)
    }

    public var isEmpty: Bool { values.isEmpty }

    /// Space-separated, in order.
    public var text: String { values.joined(separator: " ") }

    /// The values that are also in `other`, in this order.
    public func intersection(_ other: Scope) -> Scope {
        Scope(values: values.filter(other.contains))
    }

    public func isSubset(of other: Scope) -> Bool {
        values.allSatisfy(other.contains)
    }

    public func removing(_ value: String) -> Scope {
        Scope(values: values.filter { $0 != value })
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte == 0x21 || (0x23...0x5b).contains(byte) || (0x5d...0x7e).contains(byte)
    }
}
