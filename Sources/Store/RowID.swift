import FoundationEssentials

/// The identifier of a row: 16 bytes, ordered by time of creation as a UUID version 7 (RFC 9562
/// §5.7).
///
/// `Row` is the type of the row, so that the identifier of an account can't be taken for a
/// session's.
public struct RowID<Row>: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new identifier: 48 bits of milliseconds, then random bits.
    ///
    /// `random` has 10 bytes at least; what is missing counts as zero.
    public init(at now: Date, random: [UInt8]) {
        var tail: [UInt8] = Array(random.prefix(10))
        tail.append(contentsOf: repeatElement(0, count: 10 - tail.count))
        let milliseconds = UInt64(clamping: now.epochMilliseconds) & 0xFFFF_FFFF_FFFF
        let first = UInt64(tail[0]) << 8 | UInt64(tail[1])
        var rest: UInt64 = 0
        for byte in tail[2...] { rest = rest << 8 | UInt64(byte) }
        self.high = milliseconds << 16 | 0x7000 | first & 0x0FFF
        self.low = rest & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Any 16 bytes, such as the selector of a token; nil for another count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.init(wholeOf: bytes)
    }

    /// The row that a secret opens: its selector.
    init(_ reference: SecretReference) {
        self.init(wholeOf: reference.selector)
    }

    /// Of more than 16 bytes the last ones; what is missing counts as zero.
    private init(wholeOf bytes: [UInt8]) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        self.high = high
        self.low = low
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
            count = 16
        }
    }

    /// 32 hexadecimal digits, for logs and for addresses of pages.
    public var text: String { hexadecimal(bytes) }

    /// Reads what `text` writes; nil for anything else.
    public init?(text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for index in stride(from: 0, to: 32, by: 2) {
            guard let first = hexadecimalDigit(digits[index]),
                let second = hexadecimalDigit(digits[index + 1])
            else { return nil }
            bytes.append(first << 4 | second)
        }
        self.init(bytes: bytes)
    }
}

extension RowID: CustomStringConvertible {
    public var description: String { text }
}

extension RowID: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

/// Lower-case hexadecimal digits, two a byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

private func hexadecimalDigit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
}

extension Date {
    /// Milliseconds since 1970, rounded to the nearest, bounded to what a BIGINT and a calendar can
    /// hold.
    var epochMilliseconds: Int64 {
        let limit = 253_402_300_799_000.0  // the end of the year 9999
        let milliseconds = (timeIntervalSince1970 * 1000).rounded()
        guard milliseconds.isFinite else { return milliseconds == .infinity ? Int64(limit) : 0 }
        return Int64(min(max(milliseconds, -limit), limit))
    }

    init(epochMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(epochMilliseconds) / 1000)
    }
}
