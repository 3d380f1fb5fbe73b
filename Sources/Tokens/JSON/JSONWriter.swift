/// Writes JSON straight into bytes, members in the order they are given.
///
/// ```
/// var json = JSONWriter()
/// json.object { json in
///     json.member("iss", issuer)
///     json.member("exp", 1_700_000_000)
/// }
/// ```
/// The caller keeps names distinct; nothing here can produce malformed text otherwise.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    /// Whether the next element follows another in its array or object.
    private var needsComma = false

    public init(reserving capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Values

    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        comma()
        nested(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        comma()
        nested(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    public mutating func value(_ text: String) {
        comma()
        quoted(text)
    }

    public mutating func value(_ integer: Int64) {
        comma()
        digits(integer)
    }

    public mutating func value(_ bool: Bool) {
        comma()
        bytes.append(contentsOf: (bool ? "true" : "false").utf8)
    }

    // Disfavored, so that a literal is written as itself and not wrapped into a JSON value first.
    @_disfavoredOverload
    public mutating func value(_ json: JSON) {
        switch json {
        case .null:
            comma()
            bytes.append(contentsOf: "null".utf8)
        case .bool(let bool): value(bool)
        case .integer(let integer): value(integer)
        case .number(let number):
            comma()
            // JSON has no infinities; the parser never makes one.
            bytes.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
        case .string(let text): value(text)
        case .array(let elements):
            array { writer in
                for element in elements { writer.value(element) }
            }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            object { writer in
                for (name, json) in sorted { writer.member(name, json) }
            }
        }
    }

    /// JSON text made before; the caller vouches that it is one value.
    public mutating func raw(_ json: [UInt8]) {
        comma()
        bytes.append(contentsOf: json)
    }

    // MARK: Members of the object being written

    public mutating func member(_ name: String, _ text: String) {
        self.name(name)
        quoted(text)
        needsComma = true
    }

    public mutating func member(_ name: String, _ integer: Int64) {
        self.name(name)
        digits(integer)
        needsComma = true
    }

    public mutating func member(_ name: String, _ bool: Bool) {
        self.name(name)
        value(bool)
    }

    @_disfavoredOverload
    public mutating func member(_ name: String, _ json: JSON) {
        self.name(name)
        value(json)
    }

    public mutating func member(_ name: String, _ texts: [String]) {
        self.name(name)
        array { writer in
            for text in texts { writer.value(text) }
        }
    }

    /// Leaves the member out when there is no value.
    public mutating func member(_ name: String, ifPresent text: String?) {
        if let text { member(name, text) }
    }

    /// Leaves the member out when there is no value.
    public mutating func member(_ name: String, ifPresent integer: Int64?) {
        if let integer { member(name, integer) }
    }

    /// Leaves the member out when there is no value.
    public mutating func member(_ name: String, ifPresent bool: Bool?) {
        if let bool { member(name, bool) }
    }

    public mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    public mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        array(body)
    }

    /// A member whose JSON text was made before; the caller vouches that it is one value.
    public mutating func member(_ name: String, raw json: [UInt8]) {
        self.name(name)
        raw(json)
    }

    // MARK: Pieces

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func nested(
        _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void
    ) {
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func name(_ name: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func digits(_ integer: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { out in
            var rest = integer.magnitude
            var start = 20
            repeat {
                start -= 1
                out[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if integer < 0 {
                start -= 1
                out[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: out[start...]))
        }
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if JSONWriter.needsEscape(utf8) {
                escape(utf8)
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        // No early exit, so that the loop runs on vectors; most texts need none.
        var found = false
        for byte in utf8 {
            found = found || byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        }
        return found
    }

    private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
        let hex = Array("0123456789abcdef".utf8)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0c: bytes.append(contentsOf: "\\f".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case ..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hex[Int(byte >> 4)])
                bytes.append(hex[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }
}
