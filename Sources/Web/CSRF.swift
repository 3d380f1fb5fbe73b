import FoundationEssentials
import Flow
import HTTPTypes
import Serving
import Tokens

/// Proof that a form was ours, shown to this browser: an HMAC of the browser's cookie and of what the
/// form is about, under a key derived from the store key (SR-60, D15).
public struct CSRF: Sendable {
    public static let field = "csrf"
    private let keys: LiveKeys
    private let origin: FormOrigin

    /// - Parameter issuer: its origin is the only one whose forms are taken.
    public init(keys: LiveKeys, issuer: String) {
        self.keys = keys
        origin = FormOrigin(of: issuer)
    }

    /// The token of a form about `subject` (an interaction's address, `logout`), or nil without keys.
    public func token(browser: Digest, subject: String, at now: Date) -> String? {
        keys.current.currentStoreKey(at: now).map { token(browser, subject, $0) }
    }

    /// Whether a post came from our own page in this browser.
    public func accepts(
        _ form: Form, headers: HTTPFields, browser: Digest, subject: String
    ) -> Bool {
        guard !origin.isForeign(headers), let sent = form[Self.field] else { return false }
        return keys.current.storeKeys.contains { key in
            ConstantTime.equal(Array(sent.utf8), Array(token(browser, subject, key).utf8))
        }
    }

    private func token(_ browser: Digest, _ subject: String, _ key: StoreKey) -> String {
        let message = browser.bytes + Array(subject.utf8)
        return Base64URL.encode(HMAC.sha256(key: key.derived(for: "csrf"), message: message))
    }
}
