import CArgon2

/// Argon2id password hashes in PHC text form, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// All of it blocks for tens of milliseconds: call it on the hash pool only.
///
/// Source: RFC 9106; the PHC string format.
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

        /// What a stored text may ask for; more would let a row stop the server.
        var isWithinBounds: Bool {
            (1...8).contains(parallelism) && (1...16).contains(iterations)
                && (8 * parallelism...1024 * 1024).contains(memoryKiB)
        }
    }

    /// Longer passwords are refused, never cut (security.md 2.42, 2.43).
    public static let passwordByteCountMax = 1024
    public static let saltByteCount = 16
    static let hashByteCount = 32

    /// A new hash. `salt` is 16 random bytes (up to 64 are taken).
    public static func hash(
        _ password: [UInt8], salt: [UInt8], parameters: Parameters = .standard
    ) throws(PasswordHashError) -> String {
        guard password.count <= passwordByteCountMax else { throw .passwordTooLong }
        guard parameters.isWithinBounds, PHC.saltByteCounts.contains(salt.count) else {
            throw .malformedHash
        }
        let hash = try argon2id(password, salt: salt, parameters, byteCount: hashByteCount)
        return PHC(parameters: parameters, salt: salt, hash: hash).text
    }

    /// Whether this is the password of a stored PHC text. Throws for a text that is malformed or
    /// asks for more memory or time than any hash of ours; a wrong password is `false`.
    public static func verify(
        _ password: [UInt8], _ phc: String
    ) throws(PasswordHashError) -> Bool {
        guard password.count <= passwordByteCountMax else { throw .passwordTooLong }
        guard let stored = PHC(phc) else { throw .malformedHash }
        let computed = try argon2id(
            password, salt: stored.salt, stored.parameters, byteCount: stored.hash.count)
        return ConstantTime.equal(computed, stored.hash)
    }

    /// Whether a hash that just verified should be replaced by one with these parameters.
    public static func needsRehash(_ phc: String, _ parameters: Parameters = .standard) -> Bool {
        guard let stored = PHC(phc) else { return true }
        return stored.parameters != parameters || stored.hash.count != hashByteCount
    }

    /// The bare function, with the optional inputs that RFC 9106's vector uses.
    static func argon2id(
        _ password: [UInt8], salt: [UInt8], secret: [UInt8] = [], associatedData: [UInt8] = [],
        _ parameters: Parameters, byteCount: Int
    ) throws(PasswordHashError) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: byteCount)
        // libargon2 takes mutable pointers, but writes through them only under flags that aren't
        // set.
        var (password, salt, secret, data) = (password, salt, secret, associatedData)
        let code = hash.withUnsafeMutableBufferPointer { hash in
            password.withUnsafeMutableBufferPointer { password in
                salt.withUnsafeMutableBufferPointer { salt in
                    secret.withUnsafeMutableBufferPointer { secret in
                        data.withUnsafeMutableBufferPointer { data in
                            run(hash, password, salt, secret, data, parameters)
                        }
                    }
                }
            }
        }
        guard code == ARGON2_OK.rawValue else {
            throw code == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue ? .outOfMemory : .malformedHash
        }
        return hash
    }

    private typealias Bytes = UnsafeMutableBufferPointer<UInt8>

    private static func run(
        _ hash: Bytes, _ password: Bytes, _ salt: Bytes, _ secret: Bytes, _ data: Bytes,
        _ parameters: Parameters
    ) -> Int32 {
        var context = argon2_context()
        context.out = hash.baseAddress
        context.outlen = UInt32(hash.count)
        context.pwd = password.isEmpty ? nil : password.baseAddress
        context.pwdlen = UInt32(password.count)
        context.salt = salt.baseAddress
        context.saltlen = UInt32(salt.count)
        context.secret = secret.isEmpty ? nil : secret.baseAddress
        context.secretlen = UInt32(secret.count)
        context.ad = data.isEmpty ? nil : data.baseAddress
        context.adlen = UInt32(data.count)
        context.t_cost = UInt32(clamping: parameters.iterations)
        context.m_cost = UInt32(clamping: parameters.memoryKiB)
        context.lanes = UInt32(clamping: parameters.parallelism)
        context.threads = context.lanes
        context.version = ARGON2_VERSION_13.rawValue
        return argon2id_ctx(&context)
    }
}

public enum PasswordHashError: Error, Equatable, Sendable {
    case passwordTooLong
    /// Not a PHC text of Argon2id v=19, or parameters beyond the bounds.
    case malformedHash
    case outOfMemory
}
