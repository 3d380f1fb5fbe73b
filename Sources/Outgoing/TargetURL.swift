import CCurl

/// A URL parsed once, by libcurl itself, so that what is checked is what is dialled.
struct TargetURL: ~Copyable {
    /// 8 KiB: longer ones are refused by many servers.
    private static let bytesMax = 8192

    private var handle: OpaquePointer?
    let isSecure: Bool

    /// Throws `.invalidRequest` unless it is an absolute http or https URL without user name or
    /// fragment.
    init(_ text: String) throws(FetchError) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { throw .invalidRequest("URL") }
        guard let handle = curl_url() else { throw .broken("no URL") }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            Self.part(CURLUPART_FRAGMENT, of: handle) == nil,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle),
            scheme == "https" || scheme == "http"
        else {
            curl_url_cleanup(handle)
            throw .invalidRequest("URL")
        }
        self.handle = handle
        isSecure = scheme == "https"
    }

    deinit { curl_url_cleanup(handle) }

    /// Hands the parsed URL over; the receiver frees it.
    consuming func release() -> OpaquePointer? {
        let released = handle
        handle = nil
        return released
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
