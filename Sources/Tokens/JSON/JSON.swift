/// A JSON value. Source: RFC 8259.
///
/// Parsing is strict: limits on size and depth, no duplicate names, no trailing data, no NUL in
/// strings. Writing is compact with sorted names, so that equal values have equal bytes.
public indirect enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number written with a fraction or an exponent; always finite.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    public struct Limits: Sendable {
        public var byteCount: Int
        /// 1 for an array or object that holds neither.
        public var depth: Int

        public init(byteCount: Int = 64 * 1024, depth: Int = 32) {
            self.byteCount = byteCount
            self.depth = min(depth, Limits.depthMax)
        }

        /// Values are walked recursively: deeper ones would endanger a thread's stack.
        static let depthMax = 256
        public static let standard = Limits()
    }

    public init(
        parsing bytes: [UInt8], limits: Limits = .standard
    ) throws(JSONError) {
        self = try JSONParser.parse(bytes, limits)
    }

    public init(parsing text: String, limits: Limits = .standard) throws(JSONError) {
        self = try JSONParser.parse(Array(text.utf8), limits)
    }

    /// Compact UTF-8 text, names sorted by their bytes.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// The last of several equal names wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
