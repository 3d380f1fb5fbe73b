import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

/// The provisional passwords of the schools' letters: made here, sealed for the director's look, known
/// again at the sign-in (J-F-02; journeys.md §2.12, §8.2 no. 16).
///
/// Kept as `$letter$` key id `$` salt `$` HMAC-SHA-256, not under Argon2id: a school notifies a thousand
/// guardians at once, which would keep every parent from signing in for a quarter of a minute. While such
/// a password is good its readable copy lies beside it, sealed under the same key, so that a slower hash
/// would keep nobody from anything; afterwards it only tells "out of date" from "wrong".
public struct LetterPasswords: Sendable {
    private let keys: LiveKeys
    private let random: @Sendable (Int) -> [UInt8]
    private let seal: PurposeSeal

    private static let mark = "$letter$"
    private static let purpose = "letter password"
    private static let saltByteCount = 16

    public init(keys: LiveKeys, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.keys = keys
        self.random = random
        seal = PurposeSeal("letter", keys: keys)
    }

    /// 32 signs without `I`, `O`, `0` and `1`, which are taken for each other on paper: 40 bits.
    static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
    private static let digits = Array("23456789".utf8)
    static let length = 8

    /// Eight capitals and digits, one of each at least.
    public func makeText() -> String {
        // 256 is a multiple of 32 and of 8: each sign is as likely as any other.
        let drawn = random(Self.length).map(Int.init)
        var signs = drawn.map { Self.alphabet[$0 % Self.alphabet.count] }
        let digits = signs.count { $0 < UInt8(ascii: "A") }
        if digits == 0 { signs[Self.length - 1] = Self.digits[drawn[0] / 32 % Self.digits.count] }
        if digits == Self.length { signs[0] = Self.alphabet[drawn[0] / 32 % 24] }
        return String(decoding: signs, as: UTF8.self)
    }

    /// What an account keeps of it; nil without a store key.
    public func kept(_ text: String, for account: Account.ID, at now: Date) -> ProvisionalPassword?
    {
        guard let key = keys.current.currentStoreKey(at: now) else { return nil }
        let (bytes, salt) = (Array(text.utf8), random(Self.saltByteCount))
        let sealed = seal.seal(bytes, context: Self.context(account), random: random, at: now)
        guard let sealed else { return nil }
        let parts = [key.id, Base64URL.encode(salt), Base64URL.encode(Self.code(key, salt, bytes))]
        return ProvisionalPassword(
            hash: Self.mark + parts.joined(separator: "$"), sealed: sealed)
    }

    /// The readable copy of an account's; nil where there is none, or none that this node can open.
    public func text(of account: Account) -> String? {
        guard let sealed = account.provisionalPasswordSealed,
            let bytes = try? seal.open(sealed, context: Self.context(account.id))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a stored text is one of these.
    static func made(_ stored: String) -> Bool { stored.hasPrefix(mark) }

    /// Whether this is the password of a stored text; never where its key is gone.
    func verify(_ password: [UInt8], _ stored: String) -> Bool {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: true)
        guard Self.made(stored), parts.count == 4,
            let key = keys.current.storeKeys.first(where: { $0.id == parts[1] }),
            let salt = Base64URL.decode(String(parts[2])),
            let code = Base64URL.decode(String(parts[3]))
        else { return false }
        return ConstantTime.equal(Self.code(key, salt, password), code)
    }

    private static func code(_ key: StoreKey, _ salt: [UInt8], _ password: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: key.derived(for: purpose), message: salt + password)
    }

    private static func context(_ account: Account.ID) -> String { "letter/" + account.text }
}

extension Desk {
    public var letterPasswords: LetterPasswords {
        LetterPasswords(keys: keys, random: environment.random)
    }

    /// Whether this is the password of a stored text, of a guardian's own or of a letter. On the hash
    /// pool only.
    func isPassword(_ password: [UInt8], _ stored: String) throws -> Bool {
        guard LetterPasswords.made(stored) else {
            return try PasswordHash.verify(password, stored)
        }
        return letterPasswords.verify(password, stored)
    }
}
