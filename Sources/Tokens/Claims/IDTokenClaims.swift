import FoundationEssentials

/// The claims of an ID token. Source: OpenID Connect Core 1.0 §2, §3.1.3.6; Back-Channel Logout
/// §2.1.
public struct IDTokenClaims: Sendable, Equatable {
    public var issuer: String
    public var subject: String
    /// The client's id first; an RP sees other audiences here too.
    public var audience: [String]
    public var expiresAt: Date
    public var issuedAt: Date
    public var authenticatedAt: Date?
    public var nonce: String?
    public var acr: String?
    public var amr: [String]
    public var authorizedParty: String?
    public var sessionID: String?
    public var accessTokenHash: String?
    public var codeHash: String?
    public var stateHash: String?
    /// Further claims asked for under `claims.id_token`, never a registered name from above.
    public var further: [String: JSON]

    public init(
        issuer: String, subject: String, audience: String, issuedAt: Date, expiresAt: Date,
        authenticatedAt: Date? = nil, nonce: String? = nil, acr: String? = nil, amr: [String] = [],
        sessionID: String? = nil, further: [String: JSON] = [:]
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = [audience]
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
        self.nonce = nonce
        self.acr = acr
        self.amr = amr
        self.sessionID = sessionID
        self.further = further
    }

    static let registeredNames: Set<String> = [
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid",
        "at_hash", "c_hash", "s_hash", "nbf", "jti",
    ]

    /// The payload, in the order above.
    public func payload() -> [UInt8] {
        var writer = JSONWriter(reserving: 640)
        writer.object { writer in
            writer.member("iss", issuer)
            writer.member("sub", subject)
            writer.audience(audience)
            writer.member("exp", expiresAt.epochSeconds)
            writer.member("iat", issuedAt.epochSeconds)
            writer.member("auth_time", ifPresent: authenticatedAt?.epochSeconds)
            writer.member("nonce", ifPresent: nonce)
            writer.member("acr", ifPresent: acr)
            if !amr.isEmpty { writer.member("amr", amr) }
            writer.member("azp", ifPresent: authorizedParty)
            writer.member("sid", ifPresent: sessionID)
            writer.member("at_hash", ifPresent: accessTokenHash)
            writer.member("c_hash", ifPresent: codeHash)
            writer.member("s_hash", ifPresent: stateHash)
            let names = further.keys.filter { !IDTokenClaims.registeredNames.contains($0) }
            for name in names.sorted() {
                if let value = further[name] { writer.member(name, value) }
            }
        }
        return writer.bytes
    }

    /// The left half of the algorithm's hash of the ASCII text, base64url: `at_hash`, `c_hash`,
    /// `s_hash`.
    ///
    /// Source: Core §3.1.3.6, §3.3.2.11.
    public static func leftHash(of text: String, _ algorithm: Algorithm) -> String {
        let hash = algorithm.hash(Array(text.utf8))
        return Base64URL.encode(Array(hash.prefix(hash.count / 2)))
    }
}

extension JSONWriter {
    /// One audience is a text, several are an array (RFC 7519 §4.1.3).
    mutating func audience(_ audience: [String]) {
        if let only = audience.first, audience.count == 1 {
            member("aud", only)
        } else {
            member("aud", audience)
        }
    }
}
