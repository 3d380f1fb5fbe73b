import COpenSSL
import Glibc

/// What OpenSSL needs for hashes, MACs and ciphers: algorithms fetched once for the process, and
/// contexts that each thread makes once and uses again.
///
/// A fetch costs more than hashing 32 bytes, a context about as much.
final class ThreadContexts {
    let digest: OpaquePointer
    let cipher: OpaquePointer
    /// Keyed for HMAC-SHA-256 once, so that later keys need no parameters.
    let hmac: OpaquePointer

    private init() {
        guard let digest = EVP_MD_CTX_new(), let cipher = EVP_CIPHER_CTX_new(),
            let hmac = EVP_MAC_CTX_new(Algorithms.shared.hmac)
        else { preconditionFailure("OpenSSL has no memory for its contexts") }
        self.digest = digest
        self.cipher = cipher
        self.hmac = hmac
        let keyed = educonnect_hmac_sha256_init(hmac)
        precondition(keyed == 1, "OpenSSL refuses HMAC-SHA-256")
    }

    deinit {
        EVP_MD_CTX_free(digest)
        EVP_CIPHER_CTX_free(cipher)
        EVP_MAC_CTX_free(hmac)
    }

    /// The contexts of the calling thread. Never kept across an `await`: every user is synchronous.
    static var current: ThreadContexts {
        if let pointer = pthread_getspecific(key) {
            return Unmanaged<ThreadContexts>.fromOpaque(pointer).takeUnretainedValue()
        }
        let contexts = ThreadContexts()
        let stored = pthread_setspecific(key, Unmanaged.passRetained(contexts).toOpaque())
        precondition(stored == 0, "no memory for a thread's contexts")
        return contexts
    }

    /// Its destructor frees the contexts with their thread.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let made = pthread_key_create(&key) { pointer in
            guard let pointer else { return }
            Unmanaged<ThreadContexts>.fromOpaque(pointer).release()
        }
        precondition(made == 0, "no thread-specific key left")
        return key
    }()

    /// Fetched algorithms. They are reference counted and read only, so all threads may use them.
    struct Algorithms: @unchecked Sendable {  // set once here, never changed, never freed
        static let shared = Algorithms()

        let sha1: OpaquePointer
        let sha256: OpaquePointer
        let sha512: OpaquePointer
        let aes256GCM: OpaquePointer
        let hmac: OpaquePointer

        private init() {
            guard let sha1 = EVP_MD_fetch(nil, "SHA1", nil),
                let sha256 = EVP_MD_fetch(nil, "SHA256", nil),
                let sha512 = EVP_MD_fetch(nil, "SHA512", nil),
                let aes256GCM = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil),
                let hmac = EVP_MAC_fetch(nil, "HMAC", nil)
            else { preconditionFailure("this OpenSSL lacks SHA-1, SHA-2, AES-GCM or HMAC") }
            self.sha1 = sha1
            self.sha256 = sha256
            self.sha512 = sha512
            self.aes256GCM = aes256GCM
            self.hmac = hmac
        }
    }
}
