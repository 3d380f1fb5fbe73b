import COpenSSL

/// The types of key that sign and verify here.
public enum KeyType: String, Sendable, CaseIterable {
    /// 2048 to 8192 bits.
    case rsa
    /// NIST P-256.
    case p256
    case ed25519
}

/// A public key, checked when it was made.
public struct PublicKey: Sendable, Equatable {
    /// The numbers that a JWK shows. Big-endian, RSA's without leading zeros, coordinates 32 bytes.
    public enum Parameters: Sendable, Hashable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case p256(x: [UInt8], y: [UInt8])
        case ed25519(x: [UInt8])
    }

    static let rsaBitCounts = 2048...8192
    /// OpenSSL refuses longer exponents beside a large modulus.
    static let rsaExponentByteCountMax = 8
    static let coordinateByteCount = 32

    public let parameters: Parameters
    private let operations: [Algorithm: SignatureOperation]

    public var type: KeyType {
        switch parameters {
        case .rsa: .rsa
        case .p256: .p256
        case .ed25519: .ed25519
        }
    }

    /// Throws for RSA outside 2048–8192 bits or with an exponent below 65537 or even, and for
    /// points that aren't on their curve.
    public init(_ parameters: Parameters) throws(KeyError) {
        let handle =
            switch parameters {
            case .rsa(let modulus, let exponent): try PublicKey.rsa(modulus, exponent)
            case .p256(let x, let y): try PublicKey.p256(x, y)
            case .ed25519(let x): try PublicKey.ed25519(x)
            }
        self.init(parameters, handle)
    }

    /// The public half of a key whose numbers OpenSSL has.
    init(of handle: KeyHandle, _ type: KeyType) throws(KeyError) {
        let width = PublicKey.coordinateByteCount
        switch type {
        case .rsa:
            let modulus = try handle.number(OSSL_PKEY_PARAM_RSA_N)
            let exponent = try handle.number(OSSL_PKEY_PARAM_RSA_E)
            try self.init(.rsa(modulus: modulus, exponent: exponent))
        case .p256:
            let x = try handle.number(OSSL_PKEY_PARAM_EC_PUB_X, width: width)
            let y = try handle.number(OSSL_PKEY_PARAM_EC_PUB_Y, width: width)
            try self.init(.p256(x: x, y: y))
        case .ed25519:
            var x = [UInt8](repeating: 0, count: width)
            var count = x.count
            guard EVP_PKEY_get_raw_public_key(handle.pointer, &x, &count) == 1, count == width
            else { throw .operationFailed }
            try self.init(.ed25519(x: x))
        }
    }

    private init(_ parameters: Parameters, _ handle: KeyHandle) {
        self.parameters = parameters
        let algorithms: [Algorithm] =
            switch parameters {
            case .rsa: [.rs256, .ps256]
            case .p256: [.es256]
            case .ed25519: [.edDSA]
            }
        operations = Dictionary(
            uniqueKeysWithValues: algorithms.map {
                ($0, SignatureOperation(handle, $0, .verify))
            })
    }

    /// Whether this is the signature of `message`, in JWS form (ECDSA: r ‖ s). Never throws: what
    /// isn't exactly a valid signature is false, also that of an algorithm this key can't do.
    public func isValid(_ signature: [UInt8], for message: [UInt8], _ algorithm: Algorithm) -> Bool
    {
        guard let operation = operations[algorithm] else { return false }
        switch parameters {
        case .rsa(let modulus, _):
            // OpenSSL checks it too; a signature of another length must not even reach it.
            return signature.count == modulus.count && operation.isValid(signature, for: message)
        case .p256:
            guard let der = ECDSASignature.der(fromRaw: signature) else { return false }
            return operation.isValid(der, for: message)
        case .ed25519:
            return signature.count == 64 && operation.isValid(signature, for: message)
        }
    }

    public static func == (a: PublicKey, b: PublicKey) -> Bool {
        a.parameters == b.parameters
    }

    // MARK: Making and checking

    private static func rsa(
        _ modulus: [UInt8], _ exponent: [UInt8]
    ) throws(KeyError) -> KeyHandle {
        guard let first = modulus.first, let last = modulus.last, first != 0, last & 1 == 1 else {
            throw .malformed("the modulus is empty, even or has leading zeros")
        }
        let bitCount = modulus.count * 8 - first.leadingZeroBitCount
        guard rsaBitCounts.contains(bitCount) else {
            throw .unsupported("RSA of \(bitCount) bits")
        }
        guard let head = exponent.first, let tail = exponent.last, head != 0, tail & 1 == 1,
            exponent.count <= rsaExponentByteCountMax,
            exponent.count > 3 || (exponent.count == 3 && exponent != [1, 0, 0])
        else { throw .unsupported("an RSA exponent below 65537, even or too long") }
        return try KeyHandle.make(
            "RSA", isPrivate: false,
            numbers: [("n", modulus), ("e", exponent)])
    }

    private static func p256(_ x: [UInt8], _ y: [UInt8]) throws(KeyError) -> KeyHandle {
        guard x.count == coordinateByteCount, y.count == coordinateByteCount else {
            throw .malformed("a coordinate without 32 bytes")
        }
        let handle = try KeyHandle.make(
            "EC", isPrivate: false, numbers: [],
            octets: ("pub", [4] + x + y),
            text: ("group", "P-256"))
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle.pointer, nil) else {
            throw .operationFailed
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_public_check(context) == 1 else {
            ERR_clear_error()
            throw .malformed("the point is not on P-256")
        }
        return handle
    }

    private static func ed25519(_ x: [UInt8]) throws(KeyError) -> KeyHandle {
        guard x.count == coordinateByteCount,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, x, x.count)
        else {
            ERR_clear_error()
            throw .malformed("an Ed25519 key without 32 bytes")
        }
        return KeyHandle(owning: key)
    }
}
