import Tokens

/// The value of an `Authorization` header field, taken apart by hand: it stands in most requests.
///
/// Source: RFC 9110 §11.4 and §11.6.2. The scheme's case does not matter (§11.1).
enum AuthorizationField: Equatable, Sendable {
    /// With what follows the scheme, spaces trimmed; empty for a bare `Basic`.
    case basic(String)
    /// The same: empty for a bare `Bearer`.
    case bearer(String)
    case other

    init(_ value: String) {
        let utf8 = value.utf8
        let space = utf8.firstIndex(of: UInt8(ascii: " ")) ?? utf8.endIndex
        let rest = utf8[space...].drop { $0 == UInt8(ascii: " ") }
        let scheme = utf8[..<space]
        if Self.isEqual(scheme, "basic") {
            self = .basic(String(Substring(rest)))
        } else if Self.isEqual(scheme, "bearer") {
            self = .bearer(String(Substring(rest)))
        } else {
            self = .other
        }
    }

    /// Whether letters are equal but for their case; `name` is in lower case.
    private static func isEqual(_ scheme: Substring.UTF8View, _ name: StaticString) -> Bool {
        guard scheme.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            // 0x20 tells the cases of a letter apart; the names hold nothing but letters.
            zip(scheme, name).allSatisfy { $0 | 0x20 == $1 }
        }
    }
}

/// The two halves of Basic credentials, each form-encoded before they were joined.
///
/// Source: RFC 6749 §2.3.1, RFC 7617 §2.
struct BasicCredentials: Sendable {
    let user: String
    let password: Secret

    /// Nil unless base64 of two form-encoded UTF-8 texts with a colon between them, free of control
    /// characters. Nothing is read loosely: what one reader forgives another reads differently.
    init?(_ encoded: String) {
        guard let bytes = Base64.decode(encoded),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let user = Self.formDecoded(bytes[..<colon]),
            let password = Self.formDecoded(bytes[(colon + 1)...])
        else { return nil }
        self.user = user
        self.password = Secret(password)
    }

    private static func formDecoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            default: decoded.append(byte)
            }
        }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
