/// Parameters in `application/x-www-form-urlencoded`, from a query or a body.
///
/// Strict: whole percent escapes, valid UTF-8, no NUL, bounded. A name that comes twice is
/// remembered, because its reader must refuse it (RFC 6749 §3.1, security.md 2.3).
///
/// Source: WHATWG URL §5; RFC 6749 appendix B.
public struct Form: Sendable, Equatable {
    public static let byteCountMax = 64 * 1024
    public static let parameterCountMax = 64
    public static let nameByteCountMax = 256
    public static let valueByteCountMax = 16 * 1024

    public struct Parameter: Sendable, Equatable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In the order they came, repeated ones too.
    public let parameters: [Parameter]
    /// Names that came more than once, each once.
    public let duplicates: [String]

    public init(parsing bytes: [UInt8]) throws(FormError) {
        let parsed = bytes.withUnsafeBufferPointer { FormParser.parse($0) }
        self.init(try parsed.get())
    }

    /// A query without its question mark, or a body.
    public init(parsing text: String) throws(FormError) {
        var text = text
        let parsed = text.withUTF8 { FormParser.parse($0) }
        self.init(try parsed.get())
    }

    /// A form made here, as tests and our own pages need.
    public init(_ pairs: [(String, String)]) {
        self.init(pairs.map { Parameter($0, $1) })
    }

    private init(_ parameters: [Parameter]) {
        self.parameters = parameters
        var duplicates: [String] = []
        // At most 64 short names: comparing all pairs is cheaper than hashing them.
        for index in parameters.indices.dropFirst() {
            let name = parameters[index].name
            if parameters[..<index].contains(where: { $0.name == name }),
                !duplicates.contains(name)
            {
                duplicates.append(name)
            }
        }
        self.duplicates = duplicates
    }

    /// The first value of that name, also when it is empty; nil when there is none.
    public subscript(_ name: String) -> String? {
        for parameter in parameters where parameter.name == name { return parameter.value }
        return nil
    }

    /// The value of a protocol parameter: one without a value counts as left out (RFC 6749 §3.1).
    public func parameter(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// A space becomes `+`; all but letters, digits and `*-._` is escaped.
    public static func encode(_ pairs: [(String, String)]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.0.utf8.count + 2 * $1.1.utf8.count + 2 })
        for (name, value) in pairs {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            append(name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            append(value, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let digits: StaticString = "0123456789ABCDEF"
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: " "):
                bytes.append(UInt8(ascii: "+"))
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits.utf8Start[Int(byte >> 4)])
                bytes.append(digits.utf8Start[Int(byte & 15)])
            }
        }
    }
}

public enum FormError: Error, Equatable, Sendable {
    case tooLarge
    case tooManyParameters
    case nameTooLong
    case valueTooLong
    /// A percent sign without two hexadecimal digits, or a byte that must be escaped.
    case badEscape
    case notUTF8
    /// NUL, which no text of ours holds.
    case controlCharacter
}
