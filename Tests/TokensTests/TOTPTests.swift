import FoundationEssentials
import Testing

@testable import Tokens

@Suite("A time-based code")
struct TOTPTests {
    /// RFC 6238 appendix B's secret for SHA-1.
    static let secret = Secret("12345678901234567890")

    @Test(
        "is RFC 6238 appendix B's, eight digits long there",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func published(seconds: Int64, expected: String) {
        #expect(TOTP.code(secret: Self.secret, step: seconds / 30, digitCount: 8) == expected)
        let now = Date(timeIntervalSince1970: Double(seconds))
        #expect(TOTP.code(secret: Self.secret, at: now) == String(expected.suffix(6)))
    }

    @Test("counts in its step and the ones beside it, and once only (security.md 2.41)")
    func steps() throws {
        let now = Date(timeIntervalSince1970: 1_234_567_890)
        let code = TOTP.code(secret: Self.secret, at: now)
        func step(_ offset: Double, _ last: Int64? = nil, code text: String? = nil) -> Int64? {
            TOTP.step(
                matching: text ?? code, secret: Self.secret, at: now.addingTimeInterval(offset),
                lastStep: last)
        }
        let present = try #require(step(0))
        #expect(step(-30) == present && step(30) == present)
        #expect(step(-60) == nil && step(60) == nil)
        #expect(step(0, present) == nil && step(0, present + 1) == nil)
        #expect(step(0, present - 1) == present)
        for wrong in ["", "000000", code + "0", String(code.dropLast()), " " + code] {
            #expect(step(0, code: wrong) == nil)
        }
    }

    @Test("comes from a secret that an app reads as a URI (RFC 4648 §6, base32)")
    func provisioning() {
        #expect(TOTP.base32(Array("foobar".utf8)) == "MZXW6YTBOI")
        #expect(TOTP.base32(Array("f".utf8)) == "MY")
        #expect(TOTP.base32([]) == "")
        let uri = TOTP.provisioningURI(
            secret: Self.secret, account: "directrice@example.org", issuer: "Édu Connect")
        #expect(
            uri.text
                == "otpauth://totp/%C3%89du%20Connect:directrice%40example.org"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%C3%89du%20Connect")
        #expect("\(uri)" == "•••")
    }
}
