import COpenSSL
import Glibc

/// An EVP_PKEY, freed with its last owner.
///
/// Unchecked because OpenSSL lets any number of threads use a key that nobody changes, and a handle is
/// complete when it is made.
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

    /// A key made of parameters: big-endian numbers, octet strings and texts by their OpenSSL names.
    static func make(
        _ algorithm: String, isPrivate: Bool, numbers: [(String, [UInt8])],
        octets: (name: String, bytes: [UInt8])? = nil, texts: [(String, String)] = []
    ) throws(KeyError) -> KeyHandle {
        guard let builder = OSSL_PARAM_BLD_new() else { throw .operationFailed }
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder borrows names and texts too, until the key is made.
        var copies: [UnsafeMutablePointer<CChar>] = []
        defer { for copy in copies { free(copy) } }
        func lasting(_ text: String) throws(KeyError) -> UnsafePointer<CChar> {
            guard let copy = strdup(text) else { throw .operationFailed }
            copies.append(copy)
            return UnsafePointer(copy)
        }
        // The builder borrows the numbers until the parameters are built.
        var borrowed: [OpaquePointer] = []
        defer { for number in borrowed { BN_clear_free(number) } }
        for (name, bytes) in numbers {
            guard let number = BN_secure_new() else { throw .operationFailed }
            borrowed.append(number)
            guard BN_bin2bn(bytes, Int32(bytes.count), number) != nil,
                OSSL_PARAM_BLD_push_BN(builder, try lasting(name), number) == 1
            else { throw .operationFailed }
        }
        for (name, text) in texts {
            guard OSSL_PARAM_BLD_push_utf8_string(builder, try lasting(name), try lasting(text), 0) == 1 else {
                throw .operationFailed
            }
        }
        guard let octets else { return try build(builder, algorithm, isPrivate: isPrivate).get() }
        let octetsName = try lasting(octets.name)
        return try octets.bytes.withUnsafeBytes { raw in
            let pushed = OSSL_PARAM_BLD_push_octet_string(
                builder, octetsName, raw.baseAddress, raw.count)
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
