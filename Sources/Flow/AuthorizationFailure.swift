import Tokens

/// Why an authorization request can't go on.
///
/// The two cases are two degrees of trust: before the redirect URI is known to belong to the client
/// an error may only be shown; afterwards it is sent back (OpenID Connect Core §3.1.2.6).
public enum AuthorizationFailure: Error, Sendable, Equatable {
    case page(UntrustedRequest)
    case redirect(OAuthError, to: RedirectTarget)
}

/// What made a request untrustworthy: the error page names it in plain words.
public enum UntrustedRequest: Sendable, Equatable {
    case repeatedParameter(String)
    case missingClient
    case unknownClient
    case missingRedirectURI
    case unknownRedirectURI
}

/// A redirect URI that the client registered, with all that an answer to it needs. Only
/// `AuthorizationRequest` makes one, so that whoever holds it may redirect (SR-01, SR-02).
public struct RedirectTarget: Sendable, Equatable {
    public let uri: URIReference
    public let state: String?
    public let mode: ResponseMode

    init(uri: URIReference, state: String?, mode: ResponseMode) {
        self.uri = uri
        self.state = state
        self.mode = mode
    }
}

/// How the answer travels. Source: OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2.
public enum ResponseMode: String, Sendable, CaseIterable {
    case query
    case formPost = "form_post"
}
