/// Characters into bytes of a page. One table for text and attribute values, so that a value can't
/// be right in one place and break out in the other.
enum Escaping {
    /// Appends `text`, with the five characters of markup written as references and control
    /// characters that HTML forbids (all but tab, line feed and carriage return) left out.
    static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in append(bytes, to: &output) }
    }

    static func append(verbatim literal: StaticString, to output: inout [UInt8]) {
        literal.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var clean = 0  // the bytes from here up to `index` need no escape: they are copied at once
        for index in 0..<bytes.count where !isPlain(bytes[index]) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[clean..<index]))
            clean = index + 1
            switch bytes[index] {
            case UInt8(ascii: "&"): append(verbatim: "&amp;", to: &output)
            case UInt8(ascii: "<"): append(verbatim: "&lt;", to: &output)
            case UInt8(ascii: ">"): append(verbatim: "&gt;", to: &output)
            case UInt8(ascii: "\""): append(verbatim: "&quot;", to: &output)
            case UInt8(ascii: "'"): append(verbatim: "&#39;", to: &output)
            default: break  // a control character
            }
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[clean..<bytes.count]))
    }

    /// Whether a byte stands as it is. Most bytes are letters, which one comparison tells; the others
    /// are looked up in a word of 64 bits.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        if byte >= 0x40 { return byte != 0x7F }
        return (1 &<< UInt64(byte)) & special == 0
    }

    /// A bit for each byte below 0x40 that can't stand as it is: `"`, `&`, `'`, `<`, `>` and the
    /// controls but tab (9), line feed (10) and carriage return (13).
    private static var special: UInt64 {
        0xFFFF_FFFF & ~(1 << 9 | 1 << 10 | 1 << 13) | 1 << 0x22 | 1 << 0x26 | 1 << 0x27 | 1 << 0x3C
            | 1 << 0x3E
    }
}
