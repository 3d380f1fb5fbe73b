/// Proof Key for Code Exchange, S256 only. Source: RFC 7636.
public enum PKCE {
    /// A challenge is the base64url of 32 bytes.
    public static let challengeLength = 43

    /// The code challenge of a `code_verifier`: BASE64URL(SHA-256(ASCII(verifier))), 43 characters.
    ///
    /// Source: RFC 7636 §4.2. Throws `.invalidGrant` unless the verifier has 43–128 unreserved
    /// characters (§4.1).
    public static func challenge(for verifier: String) throws(OAuthError) -> String {
        let utf8 = verifier.utf8
        guard (43...128).contains(utf8.count), utf8.allSatisfy(isUnreserved) else {
            throw OAuthError(
                .invalidGrant, "code_verifier must have 43 to 128 unreserved characters")
        }
        return Base64URL.encode(Digest.sha256(verifier).bytes)
    }

    /// Whether a text can be an S256 challenge.
    public static func isChallenge(_ text: String) -> Bool {
        text.utf8.count == challengeLength && Base64URL.decode(text) != nil
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
