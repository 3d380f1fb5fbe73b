/// An error that a client is told. Equal by code.
///
/// Source: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, Core §3.1.2.6, RFC 7009 §2.2.1, RFC 7591
/// §3.2.2, RFC 8707 §2, RFC 9101 §6.3, RFC 9126 §2.3, RFC 9449 §5, OpenID Connect Unmet
/// Authentication Requirements 1.0.
public struct OAuthError: Error, Equatable, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        case interactionRequired = "interaction_required"
        case loginRequired = "login_required"
        case accountSelectionRequired = "account_selection_required"
        case consentRequired = "consent_required"
        case invalidRequestURI = "invalid_request_uri"
        case invalidRequestObject = "invalid_request_object"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
        case unsupportedTokenType = "unsupported_token_type"
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        case invalidTarget = "invalid_target"
        case invalidDPoPProof = "invalid_dpop_proof"
        case useDPoPNonce = "use_dpop_nonce"
    }

    public let code: Code
    /// `error_description`: one line of the ASCII that the grammar allows, nothing else can be in
    /// it.
    public let description: String

    /// Characters outside x20–21, x23–5B and x5D–7E become `'` (quotes), `?` or a space, and what
    /// is longer than 200 characters is cut.
    public init(_ code: Code, _ description: String = "") {
        self.code = code
        self.description = OAuthError.sanitized(description)
    }

    public static func == (a: OAuthError, b: OAuthError) -> Bool {
        a.code == b.code
    }

    /// The status at the token endpoint and its like (RFC 6749 §5.2, RFC 6750 §3.1).
    public var status: Int {
        switch code {
        case .invalidClient, .invalidToken: 401
        case .insufficientScope: 403
        case .serverError: 500
        case .temporarilyUnavailable: 503
        case .invalidRequest, .invalidGrant, .unauthorizedClient, .unsupportedGrantType,
            .unsupportedResponseType, .invalidScope, .accessDenied, .interactionRequired,
            .loginRequired, .accountSelectionRequired, .consentRequired, .invalidRequestURI,
            .invalidRequestObject, .requestNotSupported, .requestURINotSupported,
            .registrationNotSupported, .unmetAuthenticationRequirements, .unsupportedTokenType,
            .invalidRedirectURI, .invalidClientMetadata, .invalidTarget, .invalidDPoPProof,
            .useDPoPNonce:
            400
        }
    }

    /// The body: `error` and, where there is one, `error_description`.
    public var json: [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.object { writer in
            writer.member("error", code.rawValue)
            if !description.isEmpty { writer.member("error_description", description) }
        }
        return writer.bytes
    }

    /// What an authorization response carries, besides `state` and `iss`.
    public var parameters: [(String, String)] {
        let error = [("error", code.rawValue)]
        return description.isEmpty ? error : error + [("error_description", description)]
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §7.1). A request without any
    /// credentials is told the scheme alone, not an error.
    public func challenge(scheme: String = "Bearer", scope: String? = nil) -> String {
        var challenge = "\(scheme) error=\"\(code.rawValue)\""
        if !description.isEmpty { challenge += ", error_description=\"\(description)\"" }
        if let scope { challenge += ", scope=\"\(scope)\"" }
        return challenge
    }

    private static let descriptionCountMax = 200

    private static func sanitized(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars.prefix(descriptionCountMax) {
            switch scalar.value {
            case 0x20, 0x21, 0x23...0x5b, 0x5d...0x7e: bytes.append(UInt8(scalar.value))
            case 0x22: bytes.append(UInt8(ascii: "'"))
            case 0x09, 0x0a, 0x0d: bytes.append(UInt8(ascii: " "))
            default: bytes.append(UInt8(ascii: "?"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
