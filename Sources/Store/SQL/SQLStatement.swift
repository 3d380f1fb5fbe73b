import FoundationEssentials
import Synchronization

/// One SQL text for both databases: `$1…$n`, `RETURNING`, `ON CONFLICT`, milliseconds as BIGINT,
/// bytes as BYTEA.
///
/// Made once, as a `static let`. Its slot is the place in which each connection keeps the prepared
/// statement, so that running it hashes no text.
final class SQLStatement: Sendable {
    private static let count = Atomic<Int>(0)

    let text: String
    let slot: Int

    init(_ text: String) {
        self.text = text
        self.slot = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}

/// A value to be bound to `$n`.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    /// 16 bytes without an array around them.
    case id(high: UInt64, low: UInt64)

    static func id<Row>(_ id: RowID<Row>) -> SQLValue { .id(high: id.high, low: id.low) }
    static func id<Row>(_ id: RowID<Row>?) -> SQLValue {
        id.map { .id(high: $0.high, low: $0.low) } ?? .null
    }
    static func time(_ date: Date) -> SQLValue { .integer(date.epochMilliseconds) }
    static func time(_ date: Date?) -> SQLValue {
        date.map { .integer($0.epochMilliseconds) } ?? .null
    }
    static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func bytes(_ bytes: [UInt8]?) -> SQLValue { bytes.map { .bytes($0) } ?? .null }
    static func count(_ count: Int) -> SQLValue { .integer(Int64(count)) }
}

/// The row that a query stands on, good until the next one. Columns count from 0.
protocol SQLRow: AnyObject {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) throws -> Int64
    func text(_ column: Int) throws -> String
    func bytes(_ column: Int) throws -> [UInt8]
    func words(_ column: Int) throws -> (high: UInt64, low: UInt64)
}

/// Reads the columns of a row from left to right, so that values of several tables can be read one
/// after another.
struct SQLColumns {
    private let row: any SQLRow
    private var next = 0

    init(_ row: any SQLRow) {
        self.row = row
    }

    private mutating func advance() -> Int {
        defer { next += 1 }
        return next
    }

    /// Whether the next column is null; stays where it is.
    var isNull: Bool { row.isNull(next) }

    mutating func skip(_ count: Int) { next += count }

    mutating func integer() throws -> Int64 { try row.integer(advance()) }
    mutating func text() throws -> String { try row.text(advance()) }
    mutating func bytes() throws -> [UInt8] { try row.bytes(advance()) }
    mutating func time() throws -> Date { Date(epochMilliseconds: try row.integer(advance())) }

    mutating func id<Row>() throws -> RowID<Row> {
        let words = try row.words(advance())
        return RowID(high: words.high, low: words.low)
    }

    mutating func optionalInteger() throws -> Int64? {
        let column = advance()
        return row.isNull(column) ? nil : try row.integer(column)
    }

    mutating func optionalText() throws -> String? {
        let column = advance()
        return row.isNull(column) ? nil : try row.text(column)
    }

    mutating func optionalBytes() throws -> [UInt8]? {
        let column = advance()
        return row.isNull(column) ? nil : try row.bytes(column)
    }

    mutating func optionalTime() throws -> Date? {
        try optionalInteger().map { Date(epochMilliseconds: $0) }
    }

    mutating func optionalID<Row>() throws -> RowID<Row>? {
        let column = advance()
        if row.isNull(column) { return nil }
        let words = try row.words(column)
        return RowID(high: words.high, low: words.low)
    }

    /// A word of a closed list.
    mutating func word<Word: RawRepresentable<String>>() throws -> Word {
        let text = try text()
        guard let word = Word(rawValue: text) else {
            throw StoreError.corrupt(detail: "\(Word.self) has no value “\(text)”")
        }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable<String>>() throws -> Word? {
        isNull
            ? {
                skip(1); return nil
            }() : try word()
    }
}
