import COpenSSL

/// HMAC. Source: RFC 2104, FIPS 198-1.
public enum HMAC {
    /// HMAC-SHA-256: 32 bytes.
    public static func sha256(key: [UInt8], message: [UInt8]) -> [UInt8] {
        let context = ThreadContexts.current.hmac
        // No address means "keep the last key" to OpenSSL, and an empty array may have none; a zero
        // byte is the same key (RFC 2104 §2).
        let key = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: Digest.byteCount) { out, count in
            let done =
                EVP_MAC_init(context, key, key.count, nil) == 1
                && EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, out.baseAddress, &count, out.count) == 1
            precondition(done && count == Digest.byteCount, "OpenSSL could not compute a MAC")
        }
    }

    /// HMAC-SHA-1: 20 bytes, only inside time-based codes (RFC 6238).
    static func sha1(key: [UInt8], message: [UInt8]) -> [UInt8] {
        let blockSize = 64
        var block = key.count > blockSize ? Hash.sha1(key) : key
        block += [UInt8](repeating: 0, count: blockSize - block.count)
        let inner = Hash.sha1(block.map { $0 ^ 0x36 } + message)
        return Hash.sha1(block.map { $0 ^ 0x5c } + inner)
    }
}

/// Keys derived from a key. Source: RFC 5869.
public enum HKDF {
    /// HKDF-SHA-256 of `length` bytes (at most 255 × 32) under a label that names the use.
    public static func sha256(
        key: [UInt8], salt: [UInt8] = [], info: String, length: Int = 32
    ) -> [UInt8] {
        sha256(key: key, salt: salt, info: Array(info.utf8), length: length)
    }

    static func sha256(key: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
        precondition(length > 0 && length <= 255 * Digest.byteCount)
        let extracted = HMAC.sha256(key: salt, message: key)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < length {
            block = HMAC.sha256(key: extracted, message: block + info + [counter])
            output += block
            counter &+= 1
        }
        return Array(output.prefix(length))
    }
}
