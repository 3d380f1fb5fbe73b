import CCurl

/// A URL parsed once, by libcurl itself, so that what is checked is what is dialled.
struct TargetURL: ~Copyable {
    /// 8 KiB: longer ones are refused by many servers.
    private static let bytesMax = 8192

    /// What may be dialled, and what libcurl may do with it.
    enum Family {
        case web, mail

        /// In the form of `CURLOPT_PROTOCOLS_STR`.
        var protocols: String {
            switch self {
            case .web: "http,https"
            case .mail: "smtp,smtps"
            }
        }
    }

    private var handle: OpaquePointer?
    /// TLS from the first byte: https, smtps.
    let isSecure: Bool
    /// Whether something stands behind the host: for SMTP the name said in EHLO.
    let hasPath: Bool

    /// Throws `.invalidRequest` unless it is an absolute URL of a scheme of the family, without user
    /// name or fragment.
    init(_ text: String, _ family: Family = .web) throws(FetchError) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { throw .invalidRequest("URL") }
        guard let handle = curl_url() else { throw .broken("no URL") }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            Self.part(CURLUPART_FRAGMENT, of: handle) == nil,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle),
            family.protocols.split(separator: ",").contains(where: { $0 == scheme })
        else {
            curl_url_cleanup(handle)
            throw .invalidRequest("URL")
        }
        self.handle = handle
        isSecure = scheme.hasSuffix("s")
        hasPath = (Self.part(CURLUPART_PATH, of: handle) ?? "/") != "/"
    }

    deinit { curl_url_cleanup(handle) }

    /// Sets the path of a URL that has none; throws `.invalidRequest` where it can't be one.
    func setPath(_ path: String) throws(FetchError) {
        guard curl_url_set(handle, CURLUPART_PATH, path, 0) == CURLUE_OK else {
            throw .invalidRequest("path")
        }
    }

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
