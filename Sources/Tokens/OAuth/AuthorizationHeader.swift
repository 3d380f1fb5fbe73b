/// The value of an `Authorization` header, in one of the schemes that clients use here.
///
/// Taken apart by hand: it stands in most requests. The scheme's case doesn't matter (RFC 9110
/// §11.1). Nothing is read loosely: what one reader forgives another reads differently.
public enum AuthorizationHeader: Sendable, Equatable {
    /// A client's id and secret (RFC 6749 §2.3.1, RFC 7617 §2).
    case basic(clientID: String, secret: Secret)
    /// RFC 6750 §2.1.
    case bearer(Secret)
    /// Credentials that break the grammar of their scheme, or none.
    case malformed(Scheme)
    /// Another scheme, or no header at all.
    case other

    public enum Scheme: Sendable {
        case basic, bearer
    }

    static let byteCountMax = 8 * 1024

    public init(_ value: String) {
        let utf8 = value.utf8
        let space = utf8.firstIndex(of: UInt8(ascii: " ")) ?? utf8.endIndex
        let scheme: Scheme
        if Self.isEqual(utf8[..<space], "basic") {
            scheme = .basic
        } else if Self.isEqual(utf8[..<space], "bearer") {
            scheme = .bearer
        } else {
            self = .other
            return
        }
        let credentials = Substring(utf8[space...].drop { $0 == UInt8(ascii: " ") })
        let header = utf8.count <= Self.byteCountMax ? Self.read(credentials, scheme) : nil
        self = header ?? .malformed(scheme)
    }

    private static func read(_ credentials: Substring, _ scheme: Scheme) -> AuthorizationHeader? {
        switch scheme {
        case .basic: basic(String(credentials))
        case .bearer: isToken68(credentials.utf8) ? .bearer(Secret(String(credentials))) : nil
        }
    }

    /// Id and secret are form-encoded before they are joined and put into base64.
    private static func basic(_ credentials: String) -> AuthorizationHeader? {
        guard let bytes = Base64.decode(credentials),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let clientID = component(bytes[..<colon]), !clientID.isEmpty,
            let secret = component(bytes[(colon + 1)...])
        else { return nil }
        return .basic(clientID: clientID, secret: Secret(secret))
    }

    /// RFC 7617 §2: neither half holds control characters.
    private static func component(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = FormParser.component(Array(bytes)),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        return text
    }

    /// Whether letters are equal but for their case; `name` is in lower case.
    private static func isEqual(_ scheme: Substring.UTF8View, _ name: StaticString) -> Bool {
        guard scheme.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            // 0x20 tells the cases of a letter apart; the names hold nothing but letters.
            zip(scheme, name).allSatisfy { $0 | 0x20 == $1 }
        }
    }

    /// RFC 9110 §11.2: letters, digits, `-._~+/`, then any number of `=`.
    private static func isToken68(_ text: Substring.UTF8View) -> Bool {
        let body = text.prefix { $0 != UInt8(ascii: "=") }
        return !body.isEmpty
            && text.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
