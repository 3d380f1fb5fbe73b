import CJansson

/// JSON text to value over jansson, behind checks that jansson doesn't make.
enum JSONParser {
    static func parse(_ bytes: [UInt8], _ limits: JSON.Limits) throws(JSONError) -> JSON {
        guard bytes.count <= limits.byteCount else {
            throw JSONError(.tooLarge, "more than \(limits.byteCount) bytes")
        }
        // jansson nests up to 2,048 levels on the stack; the text is measured before it sees it.
        guard depth(of: bytes) <= limits.depth else {
            throw JSONError(.tooDeep, "more than \(limits.depth) levels")
        }
        var error = json_error_t()
        // No JSON_ALLOW_NUL and no JSON_DISABLE_EOF_CHECK: NUL and trailing data are refused.
        let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY
        let root = bytes.withUnsafeBytes { raw in
            json_loadb(
                raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count, Int(flags), &error)
        }
        guard let root else { throw refusal(error) }
        defer { json_decref(root) }
        return try value(root)
    }

    /// The deepest nesting of brackets outside strings, whether or not the text is JSON.
    private static func depth(of bytes: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        var inString = false
        var escaped = false
        for byte in bytes {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return deepest
    }

    private static func refusal(_ error: json_error_t) -> JSONError {
        // jansson keeps the code in the last byte of the text (json_error_code).
        let code = withUnsafeBytes(of: error.text) { $0.last ?? 0 }
        switch UInt32(code) {
        case json_error_duplicate_key.rawValue: return JSONError(.duplicateName)
        case json_error_stack_overflow.rawValue: return JSONError(.tooDeep)
        default: return JSONError(.malformed, "near byte \(error.position)")
        }
    }

    private static func value(_ json: UnsafeMutablePointer<json_t>) throws(JSONError) -> JSON {
        switch educonnect_json_type(json) {
        case JSON_NULL: return .null
        case JSON_TRUE: return .bool(true)
        case JSON_FALSE: return .bool(false)
        case JSON_INTEGER: return .integer(Int64(json_integer_value(json)))
        case JSON_REAL: return .number(json_real_value(json))
        case JSON_STRING:
            return .string(string(json_string_value(json), json_string_length(json)))
        case JSON_ARRAY:
            var elements: [JSON] = []
            let count = json_array_size(json)
            elements.reserveCapacity(count)
            for index in 0..<count {
                guard let element = json_array_get(json, index) else { continue }
                elements.append(try value(element))
            }
            return .array(elements)
        case JSON_OBJECT: return try object(json)
        default: throw JSONError(.malformed)
        }
    }

    private static func object(_ json: UnsafeMutablePointer<json_t>) throws(JSONError) -> JSON {
        var members = [String: JSON](minimumCapacity: json_object_size(json))
        var iterator = json_object_iter(json)
        while let current = iterator {
            let name = string(
                json_object_iter_key(current), json_object_iter_key_len(current))
            guard let member = json_object_iter_value(current) else {
                throw JSONError(.malformed)
            }
            // Names that differ in bytes can still be one String (é in two spellings).
            guard members.updateValue(try value(member), forKey: name) == nil else {
                throw JSONError(.duplicateName)
            }
            iterator = json_object_iter_next(json, current)
        }
        return .object(members)
    }

    private static func string(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
