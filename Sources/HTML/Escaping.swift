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
        for index in bytes.indices where special[Int(bytes[index])] != 0 {
            output.append(contentsOf: bytes[clean..<index])
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
        output.append(contentsOf: bytes[clean..<bytes.count])
    }

    /// 1 for each byte that can't stand as it is.
    private static let special: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for control in 0..<0x20 { table[control] = 1 }
        for allowed in [0x09, 0x0A, 0x0D] { table[allowed] = 0 }
        table[0x7F] = 1
        for character in "&<>\"'".utf8 { table[Int(character)] = 1 }
        return table
    }()
}
