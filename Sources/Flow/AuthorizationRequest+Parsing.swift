import FoundationEssentials
import Tokens

extension AuthorizationRequest {
    /// What the checks need to know besides the form.
    public struct Checks: Sendable {
        /// The subject of an `id_token_hint`, if it is one of our ID tokens for this client.
        public var subjectOfHint: @Sendable (_ token: String, _ clientID: String) -> String?
        /// Scopes that exist; others are ignored (RFC 6749 §3.3).
        public var knownScopes: Scope

        public init(
            knownScopes: Scope,
            subjectOfHint: @escaping @Sendable (_ token: String, _ clientID: String) -> String?
        ) {
            self.knownScopes = knownScopes
            self.subjectOfHint = subjectOfHint
        }
    }

    /// The checks, in the order of OpenID Connect Core §3.1.2.2: first those without which nothing
    /// may be redirected, then those whose failure the client is told. A parameter without a value
    /// counts as left out (RFC 6749 §3.1).
    ///
    /// `acr_values` is voluntary (OpenID Connect Core §3.1.2.1): classes that are not ours are dropped,
    /// and the ID token names the one that was (D20).
    public init(
        _ form: Form, for client: RegisteredClient, checks: Checks, at now: Date
    ) throws(AuthorizationFailure) {
        let target = try Self.target(form, client)
        do throws(OAuthError) {
            if let name = form.duplicates.first {
                throw OAuthError(.invalidRequest, "The parameter \(name) is repeated")
            }
            try Self.checkUnsupported(form)
            try Self.checkResponseType(form, client)
            try Self.checkLengths(form)
            let prompt = try Self.prompt(form)
            let maxAge = try Self.maxAge(form, client)
            let hinted = try Self.hintedSubject(form, client, checks)
            self.init(
                clientID: client.id, target: target,
                scope: try Self.scope(form, client, checks),
                nonce: form.parameter("nonce"),
                codeChallenge: try Self.codeChallenge(form, client),
                prompt: prompt,
                authenticatedSince: Self.authenticatedSince(prompt, maxAge, now),
                hintedSubject: hinted, loginHint: form.parameter("login_hint"),
                acrValues: Self.acrValues(form), validatedAt: now)
        } catch {
            throw .redirect(error, to: target)
        }
    }

    /// The redirect URI must equal a registered one byte for byte (SR-01; security history 2.1).
    private static func target(
        _ form: Form, _ client: RegisteredClient
    ) throws(AuthorizationFailure) -> RedirectTarget {
        // Repeated ones could be checked once and used twice: nothing is redirected.
        for name in ["client_id", "redirect_uri", "state", "response_mode"]
        where form.duplicates.contains(name) {
            throw .page(.repeatedParameter(name))
        }
        guard let uri = form.parameter("redirect_uri") else { throw .page(.missingRedirectURI) }
        guard client.metadata.redirectURI(matching: uri) != nil,
            let reference = try? URIReference(uri)
        else { throw .page(.unknownRedirectURI) }
        // An unknown mode is refused below, by the default way.
        let mode = form.parameter("response_mode").flatMap(ResponseMode.init(rawValue:)) ?? .query
        return RedirectTarget(uri: reference, state: form.parameter("state"), mode: mode)
    }

    private static func checkUnsupported(_ form: Form) throws(OAuthError) {
        if form.parameter("request") != nil {
            throw OAuthError(.requestNotSupported, "Request objects are not supported")
        }
        if form.parameter("request_uri") != nil {
            throw OAuthError(
                .requestURINotSupported, "Request objects by reference are not supported")
        }
        if form.parameter("registration") != nil {
            throw OAuthError(.registrationNotSupported, "Self-issued registration is not supported")
        }
    }

    private static func checkResponseType(
        _ form: Form, _ client: RegisteredClient
    ) throws(OAuthError) {
        guard let type = form.parameter("response_type") else {
            throw OAuthError(.invalidRequest, "The parameter response_type is missing")
        }
        guard type == "code" else {
            throw OAuthError(.unsupportedResponseType, "Only the response type code is supported")
        }
        guard client.isRegistered(for: .authorizationCode) else {
            throw OAuthError(.unauthorizedClient, "The client is not registered for this flow")
        }
        if let mode = form.parameter("response_mode"), ResponseMode(rawValue: mode) == nil {
            throw OAuthError(.invalidRequest, "This response_mode is not supported")
        }
    }

    private static func checkLengths(_ form: Form) throws(OAuthError) {
        let limits = [
            ("state", Limit.state), ("nonce", Limit.nonce), ("login_hint", Limit.loginHint),
            ("id_token_hint", Limit.idTokenHint),
        ]
        for (name, limit) in limits {
            guard let value = form.parameter(name) else { continue }
            guard value.utf8.count <= limit else {
                throw OAuthError(
                    .invalidRequest, "The parameter \(name) is longer than \(limit) bytes")
            }
        }
    }

    private static func scope(
        _ form: Form, _ client: RegisteredClient, _ checks: Checks
    ) throws(OAuthError) -> Scope {
        guard let text = form.parameter("scope"), let asked = Scope(text) else {
            throw OAuthError(.invalidScope, "The parameter scope is missing or malformed")
        }
        guard asked.contains(Scope.openID) else {
            throw OAuthError(.invalidScope, "The scope must include openid")
        }
        var known = asked.intersection(checks.knownScopes)
        // Without the grant type there is nothing to be offline with (OpenID Connect Core §11).
        if !client.mayRefresh {
            known = known.removing(Scope.offlineAccess)
        }
        return known.intersection(client.metadata.scope ?? .empty)
    }

    /// PKCE with S256 for every client but those registered as legacy (SR-04, D5).
    private static func codeChallenge(
        _ form: Form, _ client: RegisteredClient
    ) throws(OAuthError) -> String? {
        guard let challenge = form.parameter("code_challenge") else {
            if form.parameter("code_challenge_method") != nil {
                throw OAuthError(.invalidRequest, "The parameter code_challenge is missing")
            }
            switch client.policy.pkce {
            case .required:
                throw OAuthError(.invalidRequest, "PKCE is required: send code_challenge")
            case .legacy: return nil
            }
        }
        // Without a method the specification means `plain`, which is refused like any other.
        guard form.parameter("code_challenge_method") == "S256" else {
            throw OAuthError(.invalidRequest, "The code_challenge_method must be S256")
        }
        guard PKCE.isChallenge(challenge) else {
            throw OAuthError(.invalidRequest, "The code_challenge is not a SHA-256 value")
        }
        return challenge
    }

    private static func prompt(_ form: Form) throws(OAuthError) -> Set<Prompt> {
        guard let text = form.parameter("prompt") else { return [] }
        var values: Set<Prompt> = []
        let words = text.split(separator: " ")
        for word in words {
            guard let value = Prompt(rawValue: String(word)) else {
                throw OAuthError(.invalidRequest, "The parameter prompt has an unknown value")
            }
            values.insert(value)
        }
        if values.contains(.none), words.count > 1 {
            throw OAuthError(.invalidRequest, "prompt=none stands alone")
        }
        return values
    }

    private static func maxAge(
        _ form: Form, _ client: RegisteredClient
    ) throws(OAuthError) -> Duration? {
        guard let text = form.parameter("max_age") else {
            return client.metadata.defaultMaxAge
        }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, text.utf8.count <= 9, let seconds = Int64(text) else {
            throw OAuthError(.invalidRequest, "The parameter max_age is not a number of seconds")
        }
        return .seconds(seconds)
    }

    private static func authenticatedSince(
        _ prompt: Set<Prompt>, _ maxAge: Duration?, _ now: Date
    ) -> Date? {
        if prompt.contains(.login) || prompt.contains(.selectAccount) { return now }
        return maxAge.map { now - $0 }
    }

    private static func acrValues(_ form: Form) -> [AuthenticationContext] {
        var values: [AuthenticationContext] = []
        for word in (form.parameter("acr_values") ?? "").split(separator: " ") {
            guard let value = AuthenticationContext(rawValue: String(word)),
                !values.contains(value)
            else { continue }
            values.append(value)
        }
        return values
    }

    private static func hintedSubject(
        _ form: Form, _ client: RegisteredClient, _ checks: Checks
    ) throws(OAuthError) -> String? {
        guard let hint = form.parameter("id_token_hint") else { return nil }
        guard let subject = checks.subjectOfHint(hint, client.id) else {
            throw OAuthError(
                .invalidRequest, "The id_token_hint is not an ID token for this client")
        }
        return subject
    }
}
