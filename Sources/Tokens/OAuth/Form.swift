/// Parameters in `application/x-www-form-urlencoded`, from a query or a body.
///
/// Strict: whole percent escapes, valid UTF-8, no NUL, bounded. A name that comes twice is remembered,
/// because its reader must refuse it (RFC 6749 §3.1, security.md 2.3).
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
        throw .tooLarge
    }

    public init(parsing text: String) throws(FormError) {
        throw .tooLarge
    }

    /// A form made here, as tests and our own pages need.
    public init(_ pairs: [(String, String)]) {
        parameters = pairs.map { Parameter($0, $1) }
        duplicates = []
    }

    /// The first value of that name; nil when there is none. An empty value is a value.
    public subscript(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// A space becomes `+`; all but letters, digits and `*-._` is escaped.
    public static func encode(_ pairs: [(String, String)]) -> String {
        ""
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
    case controlCharacter
}
