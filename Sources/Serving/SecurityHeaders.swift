import HTTPTypes

/// The protective header fields of every answer (SR-61, security.md 2.50, 2.54). A field that an
/// endpoint sets itself (`Cache-Control` of a key set, the policy of a page that posts to a client)
/// stands instead of the one here; an API for other origins' pages sets
/// `Cross-Origin-Resource-Policy: cross-origin`.
public struct SecurityHeaders: Sendable {
    /// `script-src 'self'`: our few lines of script come from `StaticFiles`; nothing runs inline.
    /// `form-action 'self'`: an answer to a form never redirects to a client (D15).
    public static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        + "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    /// The fields, in the order in which they are sent.
    public let fields: HTTPFields

    /// - Parameter https: whether the public address is https, so that browsers may be told to keep to it.
    public init(https: Bool) {
        var fields = HTTPFields()
        fields[.contentSecurityPolicy] = Self.contentSecurityPolicy
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        fields[.frameOptions] = "DENY"
        fields[.referrerPolicy] = "no-referrer"
        fields[.crossOriginOpenerPolicy] = "same-origin"
        fields[.crossOriginResourcePolicy] = "same-origin"
        fields[.permissionsPolicy] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if https {
            fields[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        }
        self.fields = fields
    }
}

extension HTTPField.Name {
    // Constants of the right syntax: the initialiser can't fail for them.
    static let frameOptions = constant("X-Frame-Options")
    static let referrerPolicy = constant("Referrer-Policy")
    static let crossOriginOpenerPolicy = constant("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = constant("Permissions-Policy")
    static let forwardedFor = constant("X-Forwarded-For")
    static let fetchSite = constant("Sec-Fetch-Site")

    private static func constant(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header name") }
        return name
    }
}
