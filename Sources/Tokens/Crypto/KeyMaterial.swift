import COpenSSL

/// Random bytes for long-lived keys, from the generator that also makes the signing keys.
enum KeyMaterial {
    /// Nil when OpenSSL's generator can't be seeded.
    static func random(_ byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        return RAND_priv_bytes(&bytes, Int32(byteCount)) == 1 ? bytes : nil
    }
}
