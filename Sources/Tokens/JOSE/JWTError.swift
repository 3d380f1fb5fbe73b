/// Why a token was refused. Equal by code; the detail is for logs.
public struct JWTError: Error, Equatable, Sendable {
    public enum Code: String, Sendable {
        /// Not three base64url parts with a JSON header.
        case malformed
        case tooLarge
        /// `none`, HMAC, one we don't have, or one that isn't allowed here or for this key.
        case algorithmNotAllowed
        /// A `crit` header (RFC 7515 §4.1.11): we understand no extension.
        case criticalHeader
        /// A key or its address in the header; keys come from the issuer's set only.
        case embeddedKey
        case unknownKey
        case badSignature
        case wrongType
        case missingClaim
        case malformedClaim
        case wrongIssuer
        case wrongAudience
        case wrongSubject
        case wrongNonce
        case wrongHash
        case expired
        case notYetValid
        /// `iat` in the future.
        case issuedInFuture
        /// Valid for longer than allowed here, or issued too long ago.
        case tooOld
    }

    public let code: Code
    public let detail: String

    public init(_ code: Code, _ detail: String = "") {
        self.code = code
        self.detail = detail
    }

    public static func == (a: JWTError, b: JWTError) -> Bool {
        a.code == b.code
    }
}
