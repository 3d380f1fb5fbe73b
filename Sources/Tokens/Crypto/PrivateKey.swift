import COpenSSL

/// A private key, whole and fitting its public half. Prints as `•••`.
public struct PrivateKey: Sendable {
    public let publicKey: PublicKey
    let handle: KeyHandle

    public var type: KeyType { publicKey.type }

    /// A new key; RSA with 2048 bits unless said otherwise. RSA takes a tenth of a second and more.
    public static func generate(
        _ type: KeyType, rsaBitCount: Int = 2048
    ) throws(KeyError) -> PrivateKey {
        let name =
            switch type {
            case .rsa: "RSA"
            case .p256: "EC"
            case .ed25519: "ED25519"
            }
        guard type != .rsa || PublicKey.rsaBitCounts.contains(rsaBitCount) else {
            throw .unsupported("RSA of \(rsaBitCount) bits")
        }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else {
            throw .operationFailed
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw .operationFailed }
        let isSet: Int32 =
            switch type {
            case .rsa: EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(rsaBitCount))
            case .p256: EVP_PKEY_CTX_set_group_name(context, "P-256")
            case .ed25519: 1
            }
        var key: OpaquePointer?
        guard isSet == 1, EVP_PKEY_keygen(context, &key) == 1, let key else {
            ERR_clear_error()
            throw .operationFailed
        }
        return try PrivateKey(KeyHandle(owning: key))
    }

    /// Reads an unencrypted PKCS#8 PEM text (RFC 5958, RFC 7468 §10).
    public init(pem: Secret) throws(KeyError) {
        let text = pem.exposed
        guard text.starts(with: "-----BEGIN PRIVATE KEY-----".utf8), text.count <= 16 * 1024
        else { throw .malformed("not a PKCS#8 PEM text") }
        // The BIO borrows the text for as long as it lives.
        let read = text.withUnsafeBytes { raw -> OpaquePointer? in
            guard let input = BIO_new_mem_buf(raw.baseAddress, Int32(raw.count)) else { return nil }
            defer { BIO_free(input) }
            // Without a callback OpenSSL would ask for a password at the terminal.
            return PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key = read else {
            ERR_clear_error()
            throw .malformed("not a private key")
        }
        try self.init(KeyHandle(owning: key))
    }

    /// PKCS#8 PEM, not encrypted.
    public func pem() throws(KeyError) -> Secret {
        guard let output = BIO_new(BIO_s_secmem()) else { throw .operationFailed }
        defer { BIO_free(output) }
        guard PEM_write_bio_PKCS8PrivateKey(output, handle.pointer, nil, nil, 0, nil, nil) == 1
        else { throw .operationFailed }
        var start: UnsafeMutablePointer<CChar>?
        let count = educonnect_bio_bytes(output, &start)
        return Secret(Array(UnsafeRawBufferPointer(start: start, count: max(0, Int(count)))))
    }

    /// Takes a key whose type, numbers and pair are checked before anything else sees it.
    init(_ handle: KeyHandle) throws(KeyError) {
        let type: KeyType
        switch EVP_PKEY_get_base_id(handle.pointer) {
        case EVP_PKEY_RSA: type = .rsa
        case EVP_PKEY_EC:
            guard try PrivateKey.groupName(handle) == "prime256v1" else {
                throw .unsupported("an elliptic curve other than P-256")
            }
            type = .p256
        case EVP_PKEY_ED25519: type = .ed25519
        default: throw .unsupported("a key that is neither RSA nor P-256 nor Ed25519")
        }
        publicKey = try PublicKey(of: handle, type)
        self.handle = handle
        try checkPair()
    }

    /// A file can hold a private and a public half that don't belong together.
    private func checkPair() throws(KeyError) {
        let algorithm: Algorithm =
            switch type {
            case .rsa: .rs256
            case .p256: .es256
            case .ed25519: .edDSA
            }
        let signer = try Signer(key: self, algorithm: algorithm, keyID: "")
        let sample: [UInt8] = Array("pair".utf8)
        guard publicKey.isValid(try signer.sign(sample), for: sample, algorithm) else {
            throw .malformed("the private and the public half don't fit")
        }
    }

    private static func groupName(_ handle: KeyHandle) throws(KeyError) -> String {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(handle.pointer, &name, name.count, &count) == 1,
            count <= name.count
        else {
            ERR_clear_error()
            throw .unsupported("an elliptic curve without a name")
        }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
