import HTTPTypes
import Hummingbird

/// The cookies of one request, read once.
///
/// A name that occurs twice counts as absent: another site of the domain, or an older path, may have
/// planted the second one (security.md 2.45, 2.55). So does a value over 4,096 bytes.
public struct CookieJar: Sendable {
    public static let maxValueBytes = 4_096
    /// Names that came more than once.
    public private(set) var duplicates: Set<String> = []
    private var values: [String: String] = [:]

    public init(_ request: Request) { self.init(request.headers) }

    public init(_ headers: HTTPFields) {
        for header in headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) { add(pair) }
        }
    }

    /// The value of the cookie `name`; `nil` where it is absent, doubled or oversized.
    public subscript(name: String) -> String? { values[name] }

    static func isCookieOctet(_ byte: UInt8) -> Bool { true }

    private mutating func add(_ pair: Substring.UTF8View) {
    }
}
