import Glibc

/// RFC 3986's generic syntax, byte by byte, without the forms that nobody needs and somebody
/// abuses.
enum URIParser {
    struct Parts {
        var scheme = ""
        var host: URIReference.Host?
        var port: Int?
        var path = ""
        var query: String?
        var fragment: String?
    }

    static func parse(_ bytes: [UInt8]) throws(URIError) -> Parts {
        try checkCharacters(bytes)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
        var parts = Parts()
        parts.scheme = try scheme(bytes[..<colon])
        var rest = bytes[(colon + 1)...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            parts.fragment = string(rest[(hash + 1)...])
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            parts.query = string(rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        if rest.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            (parts.host, parts.port) = try authority(rest[..<end])
            rest = rest[end...]
        }
        try checkSegments(rest)
        guard !rest.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }),
            parts.host != nil || !rest.isEmpty
        else { throw .malformed }
        parts.path = string(rest)
        return parts
    }

    /// Unreserved and reserved characters of the grammar, and whole escapes.
    private static func checkCharacters(_ bytes: [UInt8]) throws(URIError) {
        var index = 0
        var fragments = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                break
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count, isHexDigit(bytes[index + 1]),
                    isHexDigit(bytes[index + 2])
                else { throw .malformed }
            case UInt8(ascii: "#"):
                fragments += 1
                guard fragments == 1 else { throw .malformed }
            case let byte:
                guard punctuation.contains(byte) else { throw .malformed }
            }
            index += 1
        }
    }

    private static let punctuation = Set("-._~:/?[]@!$&'()*+,;=".utf8)

    private static func scheme(_ bytes: ArraySlice<UInt8>) throws(URIError) -> String {
        guard let first = bytes.first, isLetter(first), bytes.count <= 64,
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { throw .malformed }
        return string(bytes).lowercased()
    }

    private static func authority(
        _ bytes: ArraySlice<UInt8>
    ) throws(URIError) -> (URIReference.Host, Int?) {
        guard !bytes.contains(UInt8(ascii: "@")) else { throw .userInformation }
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .malformed }
            let address = string(bytes[(bytes.startIndex + 1)..<close])
            guard isIPv6(address) else { throw .malformed }
            return (.ipv6(address.lowercased()), try port(bytes[(close + 1)...]))
        }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return (try host(bytes[..<colon]), try port(bytes[colon...]))
    }

    /// Nothing, or a colon and 1 to 65535 without leading zeros.
    private static func port(_ bytes: ArraySlice<UInt8>) throws(URIError) -> Int? {
        guard let colon = bytes.first else { return nil }
        let digits = bytes.dropFirst()
        guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy(isDigit), digits.first != UInt8(ascii: "0"),
            let port = Int(string(digits)), port <= 65535
        else { throw .malformed }
        return port
    }

    private static func host(_ bytes: ArraySlice<UInt8>) throws(URIError) -> URIReference.Host {
        guard !bytes.contains(UInt8(ascii: "*")) else { throw .wildcard }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...253).contains(bytes.count), let last = labels.last else { throw .malformed }
        if labels.count == 4, labels.allSatisfy(isOctet) { return .ipv4(string(bytes)) }
        // 127.1, 2130706433 and 0x7f.1 are addresses to some readers and names to others.
        guard !last.allSatisfy(isDigit), !last.starts(with: "0x".utf8),
            !last.starts(with: "0X".utf8)
        else { throw .malformed }
        for label in labels {
            guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"),
                label.last != UInt8(ascii: "-"),
                label.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
            else { throw .malformed }
        }
        return .name(string(bytes).lowercased())
    }

    private static func isOctet(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...3).contains(label.count), label.allSatisfy(isDigit),
            label.count == 1 || label.first != UInt8(ascii: "0"), let number = Int(string(label))
        else { return false }
        return number <= 255
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// No `.` or `..`, plain, escaped or with a path parameter behind it (`..;`).
    private static func checkSegments(_ path: ArraySlice<UInt8>) throws(URIError) {
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            guard name.count <= 6 else { continue }
            let plain = string(name).lowercased().split(
                separator: "%2e", omittingEmptySubsequences: false
            )
            .joined(separator: ".")
            if plain == "." || plain == ".." { throw .dotSegment }
        }
    }

    private static func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
