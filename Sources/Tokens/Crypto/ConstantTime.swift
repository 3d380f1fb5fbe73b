import COpenSSL

/// Comparison whose time tells nothing of where two values differ.
public enum ConstantTime {
    /// Whether both have the same length and bytes. The length is not hidden.
    public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return a.isEmpty || CRYPTO_memcmp(a, b, a.count) == 0
    }
}
