import CArgon2

/// Argon2id password hashes in PHC text form, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// Source: RFC 9106; PHC string format. All of it blocks for tens of milliseconds: call it on the
/// hash pool only.
public enum PasswordHash {
    public struct Parameters: Sendable, Equatable {
        public var memoryKiB: Int
        public var iterations: Int
        public var parallelism: Int

        public init(memoryKiB: Int = 19456, iterations: Int = 2, parallelism: Int = 1) {
            self.memoryKiB = memoryKiB
            self.iterations = iterations
            self.parallelism = parallelism
        }

        public static let standard = Parameters()
    }

    /// Longer passwords are refused, never cut (security.md 2.42, 2.43).
    public static let passwordByteCountMax = 1024
    public static let saltByteCount = 16

    /// A new hash. `salt` is 16 random bytes.
    public static func hash(
        _ password: [UInt8], salt: [UInt8], parameters: Parameters = .standard
    ) throws(PasswordHashError) -> String {
        throw .outOfMemory
    }

    /// Whether this is the password of a stored PHC text. Throws for a text that is malformed or asks
    /// for more memory or time than any hash of ours; a wrong password is `false`.
    public static func verify(
        _ password: [UInt8], _ phc: String
    ) throws(PasswordHashError) -> Bool {
        throw .outOfMemory
    }

    /// Whether a hash that just verified should be replaced by one with these parameters.
    public static func needsRehash(_ phc: String, _ parameters: Parameters = .standard) -> Bool {
        true
    }
}

public enum PasswordHashError: Error, Equatable, Sendable {
    case passwordTooLong
    /// Not a PHC text of Argon2id v=19, or parameters beyond the bounds.
    case malformedHash
    case outOfMemory
}
