/// A token whose signature nobody has checked: good for choosing the keys, for nothing else.
public struct UnverifiedJWS: Sendable {
    public let header: JOSEHeader
    public let unverifiedPayload: [UInt8]
    let signature: [UInt8]
    let signingInput: [UInt8]
}

/// A token whose signature is that of a key the caller named.
public struct VerifiedJWS: Sendable {
    public let header: JOSEHeader
    public let payload: [UInt8]
    public let key: JWK

    fileprivate init(_ jws: UnverifiedJWS, by key: JWK) {
        header = jws.header
        payload = jws.unverifiedPayload
        self.key = key
    }
}

/// Signed content in compact form. Source: RFC 7515.
public enum JWS {
    /// Longer texts are refused before anything is decoded.
    public static let characterCountMax = 16 * 1024
    /// Without a `kid`, no more keys than this are tried: each costs a verification.
    public static let keyTriesMax = 4

    public enum EmbeddedKey: Sendable {
        case refused
        /// DPoP proofs carry their public key (RFC 9449 §4.2); the caller must compare its
        /// thumbprint.
        case allowed
    }

    /// Signs a payload. `type` becomes `typ`.
    public static func compact(
        payload: [UInt8], type: String? = nil, signer: Signer
    ) throws(KeyError) -> String {
        var header = JSONWriter(reserving: 96)
        header.object { header in
            header.member("alg", signer.algorithm.rawValue)
            header.member("typ", ifPresent: type)
            header.member("kid", signer.keyID)
        }
        var text: [UInt8] = []
        text.reserveCapacity((header.bytes.count + payload.count) * 4 / 3 + 384)
        Base64URL.append(header.bytes, to: &text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(payload, to: &text)
        let signature = try signer.sign(text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Takes a text apart: three parts, canonical base64url, a header without anything that would
    /// make the token choose its own rules. Nothing is verified.
    public static func parse(
        _ text: String, embeddedKey: EmbeddedKey = .refused
    ) throws(JWTError) -> UnverifiedJWS {
        guard text.utf8.count <= characterCountMax else { throw JWTError(.tooLarge) }
        let utf8 = Array(text.utf8)
        let dots = utf8.indices.filter { utf8[$0] == UInt8(ascii: ".") }
        guard dots.count == 2 else { throw JWTError(.malformed, "\(dots.count + 1) parts") }
        // No part is empty: detached payloads and unsigned tokens don't exist here.
        guard dots[0] > 0, dots[1] > dots[0] + 1, dots[1] < utf8.count - 1,
            let header = Base64URL.decode(utf8[..<dots[0]]),
            let payload = Base64URL.decode(utf8[(dots[0] + 1)..<dots[1]]),
            let signature = Base64URL.decode(utf8[(dots[1] + 1)...])
        else { throw JWTError(.malformed, "a part is empty or not base64url") }
        return UnverifiedJWS(
            header: try JOSEHeader(parsing: header, embeddedKey: embeddedKey),
            unverifiedPayload: payload, signature: signature,
            signingInput: Array(utf8[..<dots[1]]))
    }

    /// Finds the key by `kid` (without one: every key that fits, at most `keyTriesMax`) and
    /// verifies.
    public static func verify(
        _ jws: UnverifiedJWS, keys: JWKSet, allowed: Set<Algorithm> = Algorithm.all
    ) throws(JWTError) -> VerifiedJWS {
        try checkAllowed(jws.header.algorithm, allowed)
        if let keyID = jws.header.keyID {
            guard let key = keys.key(keyID) else { throw JWTError(.unknownKey, keyID) }
            return try verify(jws, key: key, allowed: allowed)
        }
        let fitting = keys.keys.filter { $0.algorithms.contains(jws.header.algorithm) }
        guard !fitting.isEmpty else { throw JWTError(.unknownKey, "no kid, no fitting key") }
        for key in fitting.prefix(keyTriesMax) where isSigned(jws, by: key) {
            return VerifiedJWS(jws, by: key)
        }
        throw JWTError(.badSignature)
    }

    /// Verifies with one key, whatever the header's `kid`.
    public static func verify(
        _ jws: UnverifiedJWS, key: JWK, allowed: Set<Algorithm> = Algorithm.all
    ) throws(JWTError) -> VerifiedJWS {
        try checkAllowed(jws.header.algorithm, allowed)
        // The key says which algorithm, the token may only agree (security.md 2.11).
        guard key.algorithms.contains(jws.header.algorithm) else {
            throw JWTError(.algorithmNotAllowed, "not this key's algorithm")
        }
        guard isSigned(jws, by: key) else { throw JWTError(.badSignature) }
        return VerifiedJWS(jws, by: key)
    }

    private static func checkAllowed(
        _ algorithm: Algorithm, _ allowed: Set<Algorithm>
    ) throws(JWTError) {
        guard allowed.contains(algorithm) else {
            throw JWTError(.algorithmNotAllowed, algorithm.rawValue)
        }
    }

    private static func isSigned(_ jws: UnverifiedJWS, by key: JWK) -> Bool {
        key.publicKey.isValid(jws.signature, for: jws.signingInput, jws.header.algorithm)
    }
}
