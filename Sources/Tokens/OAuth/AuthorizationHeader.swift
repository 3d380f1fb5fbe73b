/// The value of an `Authorization` header, in one of the schemes that clients use here.
///
/// The scheme's case doesn't matter (RFC 9110 §11.1).
public enum AuthorizationHeader: Sendable, Equatable {
    /// A client's id and secret (RFC 6749 §2.3.1).
    case basic(clientID: String, secret: Secret)
    /// RFC 6750 §2.1.
    case bearer(Secret)
    /// RFC 9449 §7.1.
    case dpop(Secret)

    static let byteCountMax = 8 * 1024

    /// Nil for another scheme, for credentials that break the scheme's grammar, and for none.
    public init?(_ value: String) {
        let utf8 = value.utf8
        guard utf8.count <= AuthorizationHeader.byteCountMax,
            let space = utf8.firstIndex(of: UInt8(ascii: " "))
        else { return nil }
        let credentials = String(value[utf8.index(after: space)...].drop { $0 == " " })
        switch value[..<space].lowercased() {
        case "basic":
            guard let basic = AuthorizationHeader.basic(credentials) else { return nil }
            self = basic
        case "bearer":
            guard AuthorizationHeader.isToken68(credentials) else { return nil }
            self = .bearer(Secret(credentials))
        case "dpop":
            guard AuthorizationHeader.isToken68(credentials) else { return nil }
            self = .dpop(Secret(credentials))
        default:
            return nil
        }
    }

    /// Id and secret are form-encoded before they are joined and put into base64.
    private static func basic(_ credentials: String) -> AuthorizationHeader? {
        guard let bytes = Base64.decode(credentials),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let clientID = FormParser.component(Array(bytes[..<colon])), !clientID.isEmpty,
            let secret = FormParser.component(Array(bytes[(colon + 1)...]))
        else { return nil }
        return .basic(clientID: clientID, secret: Secret(secret))
    }

    /// RFC 9110 §11.2: letters, digits, `-._~+/`, then any number of `=`.
    private static func isToken68(_ text: String) -> Bool {
        let body = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        return !body.isEmpty
            && text.utf8.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
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
