/// An e-mail address that may stand in an envelope and in a header line as it is: a dot-atom, `@`, and
/// a host name. No quoted local part, no comment, no address literal, nothing beyond ASCII.
///
/// Keeps the writing of its owner. Source: RFC 5321 §4.1.2, §4.5.3.1; RFC 5322 §3.2.3; RFC 1123 §2.1.
public struct MailAddressEntry: Sendable, Hashable, CustomStringConvertible {
    /// As typed.
    public let text: String
    private let local: String
    /// In lower case.
    private let host: String

    public enum EntryError: Error, Equatable, Sendable {
        case empty, malformed
    }

    /// In bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
    public static let byteCountMax = 254
    static let localByteCountMax = 64
    static let labelByteCountMax = 63

    /// Spaces around it are left out: they come of pasting.
    public init(_ typed: String) throws(EntryError) {
        let text = typed.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let bytes = String(text).utf8
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.byteCountMax else { throw .malformed }
        let halves = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard halves.count == 2, let local = halves.first, let host = halves.last,
            Self.isLocalPart(Array(local)), Self.isHost(Array(host))
        else { throw .malformed }
        self.text = String(text)
        self.local = String(decoding: local, as: UTF8.self)
        self.host = String(decoding: host, as: UTF8.self).lowercased()
    }

    /// Host names are the same in capitals; what stands before the `@` is its server's business.
    public static func == (one: MailAddressEntry, other: MailAddressEntry) -> Bool {
        one.local == other.local && one.host == other.host
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(local)
        hasher.combine(host)
    }

    public var description: String { text }

    /// First character, `...`, last label: « m...fr » (journeys.md §2.12, J-F-08).
    public var masked: String {
        "\(local.prefix(1))...\(host.split(separator: ".").last ?? "")"
    }

    private static func isLocalPart(_ bytes: [UInt8]) -> Bool {
        let atoms = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return bytes.count <= localByteCountMax
            && atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
    }

    /// At least two labels, and the last one no number: an address is no host name.
    private static func isHost(_ bytes: [UInt8]) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy(isDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            guard let first = label.first, let last = label.last else { return false }
            return label.count <= labelByteCountMax && isAlphanumeric(first)
                && isAlphanumeric(last)
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// `atext` of RFC 5322 §3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
