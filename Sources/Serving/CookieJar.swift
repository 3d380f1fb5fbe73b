import HTTPTypes

/// The cookies of one request, read once.
///
/// A name that occurs twice counts as absent: another site of the domain, or an older path, may have
/// planted the second one (security.md 2.45, 2.55). So does a value over 4,096 bytes, and one with
/// characters that no cookie of ours has.
public struct CookieJar: Sendable {
    public static let maxValueBytes = 4_096
    /// More pairs than that are nobody's honest cookies; those after it are not read.
    static let maxPairs = 64
    /// Names that came more than once.
    public private(set) var duplicates: Set<String> = []
    private var values: [String: String] = [:]
    private var names: Set<String> = []

    public init(_ headers: HTTPFields) {
        var count = 0
        for header in headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                count += 1
                guard count <= Self.maxPairs else { return }
                add(pair)
            }
        }
    }

    /// The value of the cookie `name`; `nil` where it is absent, doubled or not valid.
    public subscript(name: String) -> String? { values[name] }

    /// The names that begin so, in no order.
    public func names(beginning prefix: String) -> [String] {
        names.filter { $0.hasPrefix(prefix) }
    }

    /// The characters of a value (RFC 6265 §4.1.1).
    static func isCookieOctet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private mutating func add(_ pair: Substring.UTF8View) {
        let pair = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
        let name = String(decoding: pair[..<equals], as: UTF8.self)
        guard names.insert(name).inserted else {
            duplicates.insert(name)
            values[name] = nil
            return
        }
        let value = pair[pair.index(after: equals)...]
        guard value.count <= Self.maxValueBytes, value.allSatisfy(Self.isCookieOctet) else {
            return
        }
        values[name] = String(decoding: value, as: UTF8.self)
    }
}
