import COpenSSL

/// A 32-byte key that seals what is stored, named by an id so that it can be replaced.
public struct StoreKey: Sendable, Equatable {
    public static let byteCount = 32
    static let idByteCount = 4

    /// 8 lower-case hexadecimal digits.
    public let id: String
    let idBytes: [UInt8]
    let bytes: Secret

    /// Nil unless the id has 8 lower-case hexadecimal digits and the key 32 bytes.
    public init?(id: String, bytes: [UInt8]) {
        guard bytes.count == StoreKey.byteCount, let idBytes = Hexadecimal.decode(id),
            idBytes.count == StoreKey.idByteCount
        else { return nil }
        self.id = id
        self.idBytes = idBytes
        self.bytes = Secret(bytes)
    }

    /// A key of its own for one use: HKDF-SHA-256 under a label such as `csrf`.
    public func derived(for purpose: String) -> [UInt8] {
        HKDF.sha256(key: bytes.exposed, info: "educonnect " + purpose, length: StoreKey.byteCount)
    }
}

public enum SealedBoxError: Error, Equatable, Sendable {
    /// Too short, or another version.
    case malformed
    case unknownKey(id: String)
    /// Changed, or sealed for another context.
    case notAuthentic
}

/// AES-256-GCM: version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
///
/// The context names what the box belongs to ("outbox/0190…"), so that a box moved to another row
/// doesn't open. With random nonces a key seals at most 2³² boxes (NIST SP 800-38D §8.3).
public struct SealedBox: Sendable, Hashable {
    public static let nonceByteCount = 12
    static let version: UInt8 = 1
    static let tagByteCount = 16
    static let headerByteCount = 1 + StoreKey.idByteCount + nonceByteCount
    /// What a box adds to its content.
    public static let overhead = headerByteCount + tagByteCount

    public let bytes: [UInt8]

    /// A box read back; nothing is checked before `open`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// `nonce` is 12 random bytes, never used before with this key.
    public static func seal(
        _ plaintext: [UInt8], context: String, key: StoreKey, nonce: [UInt8]
    ) -> SealedBox {
        precondition(nonce.count == nonceByteCount)
        let header = [version] + key.idBytes + nonce
        let sealed = AESGCM.seal(
            plaintext, key: key.bytes.exposed, nonce: nonce,
            additional: authenticated(header, context))
        return SealedBox(header + sealed)
    }

    public func open(context: String, keys: [StoreKey]) throws(SealedBoxError) -> [UInt8] {
        guard bytes.count >= SealedBox.overhead, bytes[0] == SealedBox.version else {
            throw .malformed
        }
        let header = Array(bytes[..<SealedBox.headerByteCount])
        let id = Array(header[1...StoreKey.idByteCount])
        guard let key = keys.first(where: { $0.idBytes == id }) else {
            throw .unknownKey(id: Hexadecimal.encode(id))
        }
        let opened = AESGCM.open(
            Array(bytes[SealedBox.headerByteCount...]), key: key.bytes.exposed,
            nonce: Array(header.suffix(SealedBox.nonceByteCount)),
            additional: SealedBox.authenticated(header, context))
        guard let opened else { throw .notAuthentic }
        return opened
    }

    /// Version, key id and nonce are authenticated with the context.
    private static func authenticated(_ header: [UInt8], _ context: String) -> [UInt8] {
        header + Array(context.utf8)
    }
}

/// AES-256-GCM with a 12-byte nonce and a 16-byte tag behind the ciphertext.
///
/// Source: NIST SP 800-38D.
enum AESGCM {
    static func seal(
        _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], additional: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == StoreKey.byteCount && nonce.count == SealedBox.nonceByteCount)
        let context = ThreadContexts.current.cipher
        let tagByteCount = SealedBox.tagByteCount
        var sealed = false
        let output = [UInt8](unsafeUninitializedCapacity: plaintext.count + tagByteCount) {
            out, count in
            guard let start = out.baseAddress else { return }
            var written: Int32 = 0
            var rest: Int32 = 0
            sealed =
                EVP_EncryptInit_ex2(
                    context, ThreadContexts.Algorithms.shared.aes256GCM, key, nonce, nil) == 1
                && EVP_EncryptUpdate(context, nil, &rest, additional, Int32(additional.count)) == 1
                && EVP_EncryptUpdate(
                    context, start, &written, plaintext, Int32(plaintext.count)) == 1
                && EVP_EncryptFinal_ex(context, start + Int(written), &rest) == 1
                && EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount),
                    start + plaintext.count) == 1
            count = plaintext.count + tagByteCount
        }
        // Encrypting memory with a key of the right length cannot fail on account of its content.
        precondition(sealed, "OpenSSL could not encrypt")
        return output
    }

    /// Nil when the tag doesn't fit: nothing of the content is shown then.
    static func open(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], additional: [UInt8]
    ) -> [UInt8]? {
        let tagByteCount = SealedBox.tagByteCount
        guard sealed.count >= tagByteCount, sealed.count <= Int(Int32.max),
            key.count == StoreKey.byteCount, nonce.count == SealedBox.nonceByteCount
        else { return nil }
        let context = ThreadContexts.current.cipher
        let byteCount = sealed.count - tagByteCount
        var tag = Array(sealed[byteCount...])
        var isAuthentic = false
        let output = [UInt8](unsafeUninitializedCapacity: max(1, byteCount)) { out, count in
            guard let start = out.baseAddress else { return }
            var written: Int32 = 0
            var rest: Int32 = 0
            isAuthentic =
                EVP_DecryptInit_ex2(
                    context, ThreadContexts.Algorithms.shared.aes256GCM, key, nonce, nil) == 1
                && EVP_DecryptUpdate(context, nil, &rest, additional, Int32(additional.count)) == 1
                && EVP_DecryptUpdate(context, start, &written, sealed, Int32(byteCount)) == 1
                && EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
                && EVP_DecryptFinal_ex(context, start + Int(written), &rest) == 1
            count = isAuthentic ? byteCount : 0
        }
        if !isAuthentic { ERR_clear_error() }
        return isAuthentic ? output : nil
    }
}
