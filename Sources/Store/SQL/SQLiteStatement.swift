import CSQLite

/// A prepared statement, and the row that it stands on.
final class SQLiteStatement: SQLRow {
    let text: String
    let isReadOnly: Bool
    private let handle: OpaquePointer
    /// `values[k]` is bound at `positions[k]`: SQLite numbers `$1…$n` by their first appearance. 0:
    /// not used.
    private let positions: [Int32]

    /// Takes the handle over.
    init(_ handle: OpaquePointer, text: String) throws {
        self.handle = handle
        self.text = text
        // BEGIN and SAVEPOINT count as read-only for SQLite; the connection runs those itself.
        self.isReadOnly = sqlite3_stmt_readonly(handle) != 0
        let count = sqlite3_bind_parameter_count(handle)
        var positions = [Int32](repeating: 0, count: Int(count))
        for position in 0..<count {
            guard let name = sqlite3_bind_parameter_name(handle, position + 1),
                let number = Int(String(cString: name).dropFirst()),
                (1...Int(count)).contains(number)
            else {
                sqlite3_finalize(handle)
                throw StoreError.invalid(detail: "a parameter that is not $1…$\(count) in: \(text)")
            }
            positions[number - 1] = position + 1
        }
        self.positions = positions
    }

    deinit {
        sqlite3_finalize(handle)
    }

    func step() -> Int32 { sqlite3_step(handle) }

    /// Its status repeats that of the last step, which was checked.
    func reset() { _ = sqlite3_reset(handle) }

    func bind(_ values: [SQLValue]) -> Int32 {
        guard values.count == positions.count else { return SQLITE_RANGE }
        for (value, position) in zip(values, positions) {
            let status = bind(value, at: position)
            if status != SQLITE_OK { return status }
        }
        return SQLITE_OK
    }

    private func bind(_ value: SQLValue, at position: Int32) -> Int32 {
        switch value {
        case .null:
            return sqlite3_bind_null(handle, position)
        case .integer(let integer):
            return sqlite3_bind_int64(handle, position, integer)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    csqlite_bind_text(handle, position, $0.baseAddress, Int32(clamping: $0.count))
                }
            }
        case .bytes(let bytes):
            return bytes.withUnsafeBytes {
                csqlite_bind_blob(handle, position, $0.baseAddress, Int32(clamping: $0.count))
            }
        case .id(let high, let low):
            let words = (high.bigEndian, low.bigEndian)
            return withUnsafeBytes(of: words) {
                csqlite_bind_blob(handle, position, $0.baseAddress, Int32($0.count))
            }
        }
    }

    // MARK: The row

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) throws -> Int64 {
        try require(SQLITE_INTEGER, column)
        return sqlite3_column_int64(handle, Int32(column))
    }

    func text(_ column: Int) throws -> String {
        try require(SQLITE_TEXT, column)
        guard let start = sqlite3_column_text(handle, Int32(column)) else { throw missing(column) }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        try require(SQLITE_BLOB, column)
        let start = sqlite3_column_blob(handle, Int32(column))
        return Array(
            UnsafeRawBufferPointer(
                start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func words(_ column: Int) throws -> (high: UInt64, low: UInt64) {
        try require(SQLITE_BLOB, column)
        guard let start = sqlite3_column_blob(handle, Int32(column)),
            sqlite3_column_bytes(handle, Int32(column)) == 16
        else { throw missing(column) }
        let words = start.loadUnaligned(as: (UInt64, UInt64).self)
        return (UInt64(bigEndian: words.0), UInt64(bigEndian: words.1))
    }

    private func require(_ type: Int32, _ column: Int) throws {
        if sqlite3_column_type(handle, Int32(column)) != type { throw missing(column) }
    }

    private func missing(_ column: Int) -> StoreError {
        .corrupt(detail: "column \(column) has another type or length in: \(text)")
    }
}
