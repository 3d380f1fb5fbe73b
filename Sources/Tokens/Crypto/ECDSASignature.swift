/// The two forms of a P-256 signature: JWS's r ‖ s of 64 bytes, and OpenSSL's DER.
///
/// Source: RFC 7518 §3.4; RFC 3279 §2.2.3.
enum ECDSASignature {
    static let numberByteCount = 32
    static let rawByteCount = 2 * numberByteCount

    /// r ‖ s from what OpenSSL signed; nil for anything but two positive numbers of 32 bytes at
    /// most.
    static func raw(fromDER der: [UInt8]) -> [UInt8]? {
        // SEQUENCE, length, then twice INTEGER, length, bytes; all lengths stay below 128.
        guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var raw = [UInt8](repeating: 0, count: rawByteCount)
        var position = 2
        for end in [numberByteCount, rawByteCount] {
            guard position + 2 <= der.count, der[position] == 0x02 else { return nil }
            let length = Int(der[position + 1])
            position += 2
            guard length > 0, position + length <= der.count else { return nil }
            let number = der[position..<position + length].drop { $0 == 0 }
            guard number.count <= numberByteCount else { return nil }
            raw.replaceSubrange(end - number.count..<end, with: number)
            position += length
        }
        return position == der.count ? raw : nil
    }

    /// DER of r ‖ s; nil for another length and for a zero, which no signature has
    /// (CVE-2022-21449).
    static func der(fromRaw raw: [UInt8]) -> [UInt8]? {
        guard raw.count == rawByteCount else { return nil }
        var der: [UInt8] = [0x30, 0]
        der.reserveCapacity(72)
        for part in [raw[..<numberByteCount], raw[numberByteCount...]] {
            let number = part.drop { $0 == 0 }
            guard let first = number.first else { return nil }
            let needsSignByte = first >= 0x80
            der.append(0x02)
            der.append(UInt8(number.count + (needsSignByte ? 1 : 0)))
            if needsSignByte { der.append(0) }
            der.append(contentsOf: number)
        }
        der[1] = UInt8(der.count - 2)
        return der
    }
}
