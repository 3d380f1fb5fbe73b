import COpenSSL
import Synchronization

/// Signing or verifying with one key and one algorithm, over contexts that are set up once and lent
/// to one caller at a time.
///
/// Setting up a context costs a quarter of an ES256 signature. A pool serves tasks that move
/// between threads as well as threads that stay, for two short locks.
final class SignatureOperation: Sendable {
    enum Direction: Sendable { case sign, verify }

    private let key: KeyHandle
    private let algorithm: Algorithm
    private let direction: Direction
    private let idle = Mutex<[Context]>([])
    private static let idleMax = 32

    /// Lent to one caller at a time, which is what makes it safe to move.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    init(_ key: KeyHandle, _ algorithm: Algorithm, _ direction: Direction) {
        self.key = key
        self.algorithm = algorithm
        self.direction = direction
    }

    deinit {
        for context in idle.withLock({ $0 }) { EVP_PKEY_CTX_free(context.pointer) }
    }

    /// The signature in OpenSSL's form: ECDSA in DER.
    func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        precondition(direction == .sign)
        if algorithm == .edDSA { return try signEdDSA(message) }
        let context = try take()
        defer { give(context) }
        let digest = Digest.sha256(message)
        let capacity = Int(EVP_PKEY_get_size(key.pointer))
        var signed = false
        let signature = [UInt8](unsafeUninitializedCapacity: capacity) { out, count in
            var length = capacity
            signed =
                digest.withBytes { digest in
                    EVP_PKEY_sign(
                        context.pointer, out.baseAddress, &length, digest, Digest.byteCount)
                } == 1
            count = signed ? length : 0
        }
        guard signed else {
            ERR_clear_error()
            throw .operationFailed
        }
        return signature
    }

    /// Whether this is the message's signature, in OpenSSL's form.
    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        precondition(direction == .verify)
        if algorithm == .edDSA { return isValidEdDSA(signature, for: message) }
        guard let context = try? take() else { return false }
        defer { give(context) }
        let digest = Digest.sha256(message)
        let answer = digest.withBytes { digest in
            EVP_PKEY_verify(
                context.pointer, signature, signature.count, digest, Digest.byteCount)
        }
        // 0 is "wrong", below 0 an error: only 1 is a yes (CVE-2008-5077).
        guard answer == 1 else {
            ERR_clear_error()
            return false
        }
        return true
    }

    private func take() throws(KeyError) -> Context {
        if let context = idle.withLock({ $0.popLast() }) { return context }
        guard let pointer = EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else {
            throw .operationFailed
        }
        guard setUp(pointer) else {
            EVP_PKEY_CTX_free(pointer)
            ERR_clear_error()
            throw .operationFailed
        }
        return Context(pointer: pointer)
    }

    private func give(_ context: Context) {
        let isKept = idle.withLock { idle in
            guard idle.count < SignatureOperation.idleMax else { return false }
            idle.append(context)
            return true
        }
        if !isKept { EVP_PKEY_CTX_free(context.pointer) }
    }

    private func setUp(_ context: OpaquePointer) -> Bool {
        let initialized =
            switch direction {
            case .sign: EVP_PKEY_sign_init(context)
            case .verify: EVP_PKEY_verify_init(context)
            }
        let sha256 = ThreadContexts.Algorithms.shared.sha256
        guard initialized == 1 else { return false }
        switch algorithm {
        case .rs256:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
                && EVP_PKEY_CTX_set_signature_md(context, sha256) == 1
        case .ps256:
            // The salt is as long as the hash, no more and no less (RFC 7518 §3.5).
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_signature_md(context, sha256) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, sha256) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(Digest.byteCount)) == 1
        case .es256:
            return EVP_PKEY_CTX_set_signature_md(context, sha256) == 1
        case .edDSA:
            return false
        }
    }

    // Ed25519 signs the message itself, in one call on a context that can't be reused.

    private static let ed25519ByteCount = 64

    private func signEdDSA(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .operationFailed }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SignatureOperation.ed25519ByteCount)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1,
            length == signature.count
        else {
            ERR_clear_error()
            throw .operationFailed
        }
        return signature
    }

    private func isValidEdDSA(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }
}
