import CPostgreSQL

/// What a statement gave, in binary; and the row that is read.
final class PostgreSQLResult: SQLRow {
    private let handle: OpaquePointer
    private let text: String
    private let count: Int32
    private var row: Int32 = -1

    /// Takes the handle over.
    init(_ handle: OpaquePointer, text: String) {
        self.handle = handle
        self.text = text
        self.count = PQntuples(handle)
    }

    deinit {
        PQclear(handle)
    }

    /// Goes to the next row; false after the last one.
    func next() -> Bool {
        row += 1
        return row < count
    }

    var affectedRows: Int {
        PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// SQLSTATE and message, if the statement failed.
    var failure: (state: String, message: String)? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        default:
            let state = cpostgresql_state(handle).map { String(cString: $0) } ?? "?????"
            return (state, PQresultErrorMessage(handle).map { String(cString: $0) } ?? "")
        }
    }

    // MARK: The row

    private enum TypeID {
        static let integers: [Oid] = [20, 23, 21]  // int8, int4, int2
        static let texts: [Oid] = [25, 1043, 19]  // text, varchar, name
        static let bytes: Oid = 17  // bytea
    }

    func isNull(_ column: Int) -> Bool {
        PQgetisnull(handle, row, Int32(column)) == 1
    }

    func integer(_ column: Int) throws -> Int64 {
        let field = try field(column, TypeID.integers)
        // In network order, 2, 4 or 8 bytes; the sign is in the first.
        var value: Int64 = field.first.map { $0 & 0x80 != 0 ? -1 : 0 } ?? 0
        for byte in field { value = value << 8 | Int64(byte) }
        return value
    }

    func text(_ column: Int) throws -> String {
        String(decoding: try field(column, TypeID.texts), as: UTF8.self)
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        Array(try field(column, [TypeID.bytes]))
    }

    func words(_ column: Int) throws -> (high: UInt64, low: UInt64) {
        let field = try field(column, [TypeID.bytes])
        guard field.count == 16 else { throw mistyped(column) }
        let words = field.loadUnaligned(as: (UInt64, UInt64).self)
        return (UInt64(bigEndian: words.0), UInt64(bigEndian: words.1))
    }

    /// The bytes of a field, good as long as this result.
    private func field(_ column: Int, _ types: [Oid]) throws -> UnsafeRawBufferPointer {
        let index = Int32(column)
        guard row >= 0, row < count, index < PQnfields(handle), !isNull(column),
            types.contains(PQftype(handle, index)), PQfformat(handle, index) == 1
        else { throw mistyped(column) }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, index), count: Int(PQgetlength(handle, row, index)))
    }

    private func mistyped(_ column: Int) -> StoreError {
        .corrupt(detail: "column \(column) has another type or length in: \(text)")
    }
}

/// The values of one statement, laid out for libpq: bytes in binary, all else as text.
struct PostgreSQLParameters {
    private var buffer: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) {
        buffer.reserveCapacity(values.count * 24)
        for value in values {
            switch value {
            case .null: append(nil, isBinary: false)
            case .integer(let integer): append(Array(String(integer).utf8), isBinary: false)
            case .text(let text): append(Array(text.utf8), isBinary: false)
            case .bytes(let bytes): append(bytes, isBinary: true)
            case .id(let high, let low):
                append(RowID<Never>(high: high, low: low).bytes, isBinary: true)
            }
        }
    }

    private mutating func append(_ bytes: [UInt8]?, isBinary: Bool) {
        offsets.append(bytes == nil ? nil : buffer.count)
        lengths.append(Int32(clamping: bytes?.count ?? 0))
        formats.append(isBinary ? 1 : 0)
        guard let bytes else { return }
        buffer.append(contentsOf: bytes)
        buffer.append(0)  // text ends with it
    }

    /// 1 if the statement was sent. libpq copies the values before it returns.
    func send(_ name: String, over handle: OpaquePointer) -> Int32 {
        buffer.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return PQsendQueryPrepared(
                handle, name, Int32(pointers.count), pointers, lengths, formats, 1)
        }
    }
}
