/// How a secret that somebody presents is looked up: by the selector, then by the hash of the rest.
///
/// The selector (16 bytes, time-ordered) is the primary key of the row; the hash (32 bytes, SHA-256
/// of the secret part) is compared in constant time and never searched for. Source: design D22.
public struct SecretReference: Sendable {
    public let selector: [UInt8]
    public let hash: [UInt8]

    /// Nil unless the selector has 16 bytes and the hash 32.
    public init?(selector: [UInt8], hash: [UInt8]) {
        guard selector.count == 16, hash.count == 32 else { return nil }
        self.selector = selector
        self.hash = hash
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
@inline(never)
func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (first, second) in zip(left, right) { difference |= first ^ second }
    return difference == 0
}
