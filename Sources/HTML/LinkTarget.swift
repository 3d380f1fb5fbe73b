/// Which addresses a page may link to: an escaped `javascript:` URL is still a script.
public enum LinkTarget {
    static let refused = "#"
    private static let allowed: Set<String> = ["http", "https", "mailto", "tel"]
    private static let running: Set<String> = ["javascript", "data", "vbscript", "blob"]

    /// Whether `.href` leads there: a path of ours, a fragment, or an `http`, `https`, `mailto` or
    /// `tel` URL.
    public static func allows(_ url: String) -> Bool {
        switch scheme(of: url) {
        case .relative: true
        case .named(let scheme): allowed.contains(scheme)
        case .unclear: false
        }
    }

    static func safe(_ url: String) -> String { allows(url) ? url : refused }

    static func withoutScript(_ url: String) -> String {
        switch scheme(of: url) {
        case .relative: url
        case .named(let scheme): running.contains(scheme) ? refused : url
        case .unclear: refused
        }
    }

    private enum Scheme {
        case relative
        case named(String)
        case unclear
    }

    /// Browsers drop leading spaces and inner tabs and line ends before they look for a scheme, so
    /// an address that holds a control character or starts with a space is refused as a whole.
    private static func scheme(of url: String) -> Scheme {
        let bytes = url.utf8
        guard bytes.allSatisfy({ $0 > 0x1F && $0 != 0x7F }), bytes.first != UInt8(ascii: " ") else {
            return .unclear
        }
        for (offset, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: ":"):
                return offset == 0 ? .unclear : .named(String(url.prefix(offset)).lowercased())
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
                return .relative
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                continue
            default:
                return .relative  // no scheme can hold this character (RFC 3986 §3.1)
            }
        }
        return .relative
    }
}
