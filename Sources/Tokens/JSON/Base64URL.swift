/// Base64 with the URL alphabet and without padding, strict both ways.
///
/// Source: RFC 4648 §5, RFC 7515 §2 and appendix C.
public enum Base64URL {
    public static func encode(_ bytes: [UInt8]) -> String {
        Base64Alphabet.url.encode(bytes)
    }

    /// Nil for padding, white space, foreign characters, an impossible length, or unused bits that
    /// aren't zero: each value has one text only.
    public static func decode(_ text: String) -> [UInt8]? {
        Base64Alphabet.url.decode(text.utf8)
    }

    static func decode(_ utf8: some Collection<UInt8>) -> [UInt8]? {
        Base64Alphabet.url.decode(utf8)
    }

    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        Base64Alphabet.url.append(bytes, to: &text)
    }
}

/// Base64 with the standard alphabet and padding, strict: the form of `Authorization: Basic`.
///
/// Source: RFC 4648 §4.
public enum Base64 {
    public static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64Alphabet.standard.encode(bytes)
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    public static func decode(_ text: String) -> [UInt8]? {
        let utf8 = text.utf8
        guard utf8.count % 4 == 0 else { return nil }
        let padding = utf8.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        return Base64Alphabet.standard.decode(utf8.dropLast(padding))
    }
}

/// The 64 characters, and the codec over them without padding.
struct Base64Alphabet: Sendable {
    static let url = Base64Alphabet("-_")
    static let standard = Base64Alphabet("+/")

    private let characters: [UInt8]
    /// The value of each byte as a character; 0xff for those outside the alphabet.
    private let values: [UInt8]

    private init(_ lastTwo: String) {
        characters = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo).utf8)
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        self.values = values
    }

    static func encodedCount(_ byteCount: Int) -> Int {
        byteCount / 3 * 4 + [0, 2, 3][byteCount % 3]
    }

    func encode(_ bytes: [UInt8]) -> String {
        let count = Base64Alphabet.encodedCount(bytes.count)
        return String(unsafeUninitializedCapacity: count) { out in
            write(bytes, to: out)
            return count
        }
    }

    func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        let count = Base64Alphabet.encodedCount(bytes.count)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, count)) { out in
            write(bytes, to: out)
            text.append(contentsOf: UnsafeBufferPointer(rebasing: out[..<count]))
        }
    }

    private func write(_ bytes: [UInt8], to out: UnsafeMutableBufferPointer<UInt8>) {
        characters.withUnsafeBufferPointer { characters in
            bytes.withUnsafeBufferPointer { bytes in
                var input = 0
                var output = 0
                while input + 3 <= bytes.count {
                    let group =
                        UInt32(bytes[input]) << 16 | UInt32(bytes[input + 1]) << 8
                        | UInt32(bytes[input + 2])
                    out[output] = characters[Int(group >> 18)]
                    out[output + 1] = characters[Int(group >> 12 & 63)]
                    out[output + 2] = characters[Int(group >> 6 & 63)]
                    out[output + 3] = characters[Int(group & 63)]
                    input += 3
                    output += 4
                }
                let rest = bytes.count - input
                guard rest > 0 else { return }
                let group = UInt32(bytes[input]) << 8 | (rest == 2 ? UInt32(bytes[input + 1]) : 0)
                out[output] = characters[Int(group >> 10)]
                out[output + 1] = characters[Int(group >> 4 & 63)]
                if rest == 2 { out[output + 2] = characters[Int(group << 2 & 63)] }
            }
        }
    }

    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        let decoded: [UInt8]?? = text.withContiguousStorageIfAvailable { decode($0) }
        return decoded ?? Array(text).withUnsafeBufferPointer { decode($0) }
    }

    private func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        let byteCount = text.count * 3 / 4
        // Every invalid character has a value with the top bit, so one test at the end finds any.
        var invalid: UInt8 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { out, count in
            values.withUnsafeBufferPointer { values in
                var group: UInt32 = 0
                var output = 0
                for (index, character) in text.enumerated() {
                    let value = values[Int(character)]
                    invalid |= value
                    group = group << 6 | UInt32(value & 63)
                    if index % 4 == 3 {
                        out[output] = UInt8(truncatingIfNeeded: group >> 16)
                        out[output + 1] = UInt8(truncatingIfNeeded: group >> 8)
                        out[output + 2] = UInt8(truncatingIfNeeded: group)
                        output += 3
                        group = 0
                    }
                }
                switch text.count % 4 {
                case 2:
                    out[output] = UInt8(truncatingIfNeeded: group >> 4)
                    if group & 0xf != 0 { invalid |= 0x80 }
                case 3:
                    out[output] = UInt8(truncatingIfNeeded: group >> 10)
                    out[output + 1] = UInt8(truncatingIfNeeded: group >> 2)
                    if group & 0x3 != 0 { invalid |= 0x80 }
                default: break
                }
            }
            count = byteCount
        }
        return invalid & 0x80 == 0 ? bytes : nil
    }
}
