/// Why a JSON text or one of its members was refused. Equal by code and path.
public struct JSONError: Error, Equatable, Sendable {
    public enum Code: String, Sendable {
        /// More bytes than the limit.
        case tooLarge
        /// Arrays and objects nested deeper than the limit.
        case tooDeep
        /// Not JSON (RFC 8259), not UTF-8, NUL in a string, a number out of range, trailing data.
        case malformed
        /// The same name twice in one object.
        case duplicateName
        case missing
        case wrongType
        /// A value of the right type that breaks a rule on its content.
        case invalidValue
        /// A name that the reader doesn't know, where unknown ones are refused.
        case unknownMember
    }

    public let code: Code
    /// Where, as `redirect_uris[0]` or `address.locality`; empty for the whole text.
    public let path: String
    /// What was expected; for logs and error descriptions.
    public let detail: String

    public init(_ code: Code, at path: String = "", _ detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    public static func == (a: JSONError, b: JSONError) -> Bool {
        a.code == b.code && a.path == b.path
    }
}
