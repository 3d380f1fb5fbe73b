import COpenSSL

/// An EVP_PKEY, freed with its last owner.
///
/// Unchecked because OpenSSL lets any number of threads use a key that nobody changes, and a handle
/// is complete when it is made.
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// One numeric parameter, big-endian; padded to `width` when that is given.
    func number(_ name: String, width: Int? = nil) throws(KeyError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else {
            throw .operationFailed
        }
        defer { BN_clear_free(number) }
        let count = width ?? (Int(BN_num_bits(number)) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        guard BN_bn2binpad(number, &bytes, Int32(count)) == Int32(count) else {
            throw .operationFailed
        }
        return bytes
    }

    /// A key made of parameters: big-endian numbers, an octet string and a text by their OpenSSL
    /// names.
    ///
    /// Names are static because the builder keeps their addresses, not their characters; a String
    /// would lend its own for the one call only.
    static func make(
        _ algorithm: String, isPrivate: Bool, numbers: [(StaticString, [UInt8])],
        octets: (name: StaticString, bytes: [UInt8])? = nil,
        text: (name: StaticString, value: StaticString)? = nil
    ) throws(KeyError) -> KeyHandle {
        guard let builder = OSSL_PARAM_BLD_new() else { throw .operationFailed }
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder borrows the numbers until the parameters are built.
        var borrowed: [OpaquePointer] = []
        defer { for number in borrowed { BN_clear_free(number) } }
        for (name, bytes) in numbers {
            guard let number = BN_secure_new() else { throw .operationFailed }
            borrowed.append(number)
            guard BN_bin2bn(bytes, Int32(bytes.count), number) != nil,
                OSSL_PARAM_BLD_push_BN(builder, name.cString, number) == 1
            else { throw .operationFailed }
        }
        if let text {
            let pushed = OSSL_PARAM_BLD_push_utf8_string(
                builder, text.name.cString, text.value.cString, 0)
            guard pushed == 1 else { throw .operationFailed }
        }
        guard let octets else { return try build(builder, algorithm, isPrivate: isPrivate).get() }
        return try octets.bytes.withUnsafeBytes { raw in
            let pushed = OSSL_PARAM_BLD_push_octet_string(
                builder, octets.name.cString, raw.baseAddress, raw.count)
            guard pushed == 1 else { return Result<KeyHandle, KeyError>.failure(.operationFailed) }
            return build(builder, algorithm, isPrivate: isPrivate)
        }.get()
    }

    private static func build(
        _ builder: OpaquePointer, _ algorithm: String, isPrivate: Bool
    ) -> Result<KeyHandle, KeyError> {
        guard let parameters = OSSL_PARAM_BLD_to_param(builder) else {
            return .failure(.operationFailed)
        }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil) else {
            return .failure(.operationFailed)
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let selection = isPrivate ? educonnect_selection_keypair() : educonnect_selection_public()
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, selection, parameters) == 1, let key
        else {
            ERR_clear_error()
            return .failure(.malformed("OpenSSL refuses the key's numbers"))
        }
        return .success(KeyHandle(owning: key))
    }
}

extension StaticString {
    /// Ends with NUL and lives as long as the program.
    fileprivate var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
