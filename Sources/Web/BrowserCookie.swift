import Flow
import FoundationEssentials
import HTTPTypes
import Serving
import Tokens

/// The random name of a browser, to which forms and flows are bound (SR-60); given where it has none.
public struct BrowserCookie: Sendable {
    /// What the store keeps of it.
    public let digest: Digest
    /// Sets the cookie where it is new.
    public let headers: HTTPFields

    public init(_ cookies: CookieJar, _ desk: Desk) {
        if let known = cookies[desk.cookies.browser], known.utf8.count == Self.length {
            digest = Digest.sha256(known)
            headers = [:]
        } else {
            let value = Base64URL.encode(desk.environment.random(Self.byteCount))
            digest = Digest.sha256(value)
            headers = [
                .setCookie: desk.cookies.setCookie(
                    desk.cookies.browser, value, maxAge: desk.policy.passwordAttempts.browserMemory)
            ]
        }
    }

    private static let byteCount = 32
    private static let length = 43  // in base64url
}
