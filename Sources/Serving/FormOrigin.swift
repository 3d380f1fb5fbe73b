import HTTPTypes
import Tokens

/// What a browser says about where a form was posted from: a second guard beside the form's own token
/// (SR-60).
///
/// Our pages are served with `Referrer-Policy: no-referrer`, for which browsers send `Origin: null`
/// with our own forms too (Fetch, "append a request Origin header"). So `null` says nothing, as no
/// header at all; `Sec-Fetch-Site` still tells a stranger's page, and the token judges the rest.
public struct FormOrigin: Sendable {
    private let origin: String

    /// - Parameter publicAddress: an address of the site, of which the origin counts.
    public init(of publicAddress: String) {
        origin = (try? URIReference(publicAddress))?.origin ?? publicAddress
    }

    /// Whether the browser names another site than ours.
    public func isForeign(_ headers: HTTPFields) -> Bool {
        if let sent = headers[.origin], sent != origin, sent != "null" { return true }
        if let site = headers[.fetchSite], site != "same-origin" { return true }
        return false
    }
}
