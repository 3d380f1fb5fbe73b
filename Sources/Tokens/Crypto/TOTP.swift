import FoundationEssentials

/// Time-based one-time codes as authenticator apps make them: HMAC-SHA-1, 6 digits, 30 seconds.
///
/// Source: RFC 6238 over RFC 4226.
public enum TOTP {
    public static let secretByteCount = 20
    public static let digitCount = 6
    static let stepSeconds: Int64 = 30
    /// Steps before and after the present one that are taken too: phones' clocks go wrong by as
    /// much.
    static let stepsAround: Int64 = 1

    /// The step whose code this is, or nil. The caller stores it and passes it as `lastStep` the
    /// next time: a step counts once (RFC 6238 §5.2, security.md 2.41).
    public static func step(
        matching code: String, secret: Secret, at now: Date, lastStep: Int64?
    ) -> Int64? {
        let present = now.epochSeconds / stepSeconds
        var found: Int64?
        // All steps are computed, so that the time doesn't tell which one it was.
        for step in (present - stepsAround)...(present + stepsAround) where step >= 0 {
            let expected = self.code(secret: secret, step: step)
            let isEqual = ConstantTime.equal(Array(expected.utf8), Array(code.utf8))
            if isEqual, lastStep.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }

    /// The code at a time.
    public static func code(secret: Secret, at now: Date) -> String {
        code(secret: secret, step: now.epochSeconds / stepSeconds)
    }

    static func code(secret: Secret, step: Int64, digitCount: Int = digitCount) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = HMAC.sha1(key: secret.exposed, message: counter)
        // RFC 4226 §5.3: four bytes from where the last nibble points, without the sign bit.
        let offset = Int((mac.last ?? 0) & 15)
        let number =
            mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let modulus = (0..<digitCount).reduce(UInt32(1)) { power, _ in power * 10 }
        let digits = String(number % modulus)
        return String(repeating: "0", count: digitCount - digits.count) + digits
    }

    /// What the app's camera reads: `otpauth://totp/issuer:account?secret=…&issuer=…`.
    public static func provisioningURI(secret: Secret, account: String, issuer: String) -> Secret {
        let label = percentEncoded(issuer) + ":" + percentEncoded(account)
        return Secret(
            "otpauth://totp/\(label)?secret=\(base32(secret.exposed))"
                + "&issuer=\(percentEncoded(issuer))")
    }

    /// RFC 4648 §6 without padding, for people who type the secret.
    public static func base32(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                text.append(alphabet[Int(buffer >> UInt32(bitCount) & 31)])
            }
            buffer &= (1 << UInt32(bitCount)) - 1
        }
        if bitCount > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bitCount) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Unreserved characters stay (RFC 3986 §2.3); a form's `+` for a space would be shown as it
    /// is.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + Hexadecimal.encode([byte]).uppercased()
            }
        }
    }
}
