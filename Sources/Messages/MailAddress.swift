/// A mailbox that may stand on an envelope and in a header as it is: ASCII, a dot-atom, `@`, a host
/// name of two labels at least.
///
/// Quoted local parts, comments, names, `%` and `!` (relaying through a third host) and everything
/// that could end a line are no part of it, so that no address can start a second command, header or
/// recipient (security.md 2.44). It keeps the writing of its owner. Source: RFC 5321 §4.1.2, narrowed.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// RFC 5321 §4.5.3.1, less the angle brackets.
    public static let byteCountMax = 254
    static let localByteCountMax = 64

    public let text: String
    /// What follows the `@`.
    public let domain: String

    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.byteCountMax, parts.count == 2,
            Self.isDotAtom(parts[0]), Self.isHostName(parts[1])
        else { return nil }
        self.text = text
        domain = String(parts[1])
    }

    /// As somebody typed it: spaces around it come of pasting.
    public init?(typed: String) {
        var text = Substring(typed)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        self.init(String(text))
    }

    public var description: String { text }

    /// Host names are the same in capitals; what stands before the `@` is its server's business.
    public static func == (one: MailAddress, other: MailAddress) -> Bool {
        one.compared == other.compared
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(compared) }

    private var compared: String { String(text.dropLast(domain.count)) + domain.lowercased() }

    /// First character, `...`, last label: « m...fr » (journeys.md §2.12, J-F-08).
    public var masked: String {
        "\(text.prefix(1))...\(domain.split(separator: ".").last ?? "")"
    }

    private static func isDotAtom(_ local: Substring) -> Bool {
        local.utf8.count <= localByteCountMax
            && local.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomByte) }
    }

    /// RFC 5322 §3.2.3 without `%` and `!`.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "#$&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    /// Labels of letters, digits and inner hyphens (RFC 1123 §2.1); the last one is no number.
    private static func isHostName(_ host: Substring) -> Bool {
        let labels = host.utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy(isDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension MailAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let address = MailAddress(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a mail address")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
