import Tokens

/// An error of the authorization response, in FranceConnect's words.
struct AuthorizationRefusal: Error, Equatable, Sendable {
    let error: String
    let description: String

    init(_ error: String, _ description: String) {
        self.error = error
        self.description = description
    }
}

/// Why an authorization request is refused.
enum AuthorizationFailure: Error {
    /// Shown here, since nobody has vouched for the redirect URI, or FranceConnect does so anyway.
    case page(TechnicalError, String)
    /// Told to the client.
    case redirect(AuthorizationRefusal, uri: String, state: String)
}

/// An authorization request that FranceConnect v2 would take.
///
/// Its list of parameters is closed: `code_challenge`, `max_age`, `login_hint` and whatever else a
/// standard provider would use or ignore end the request on an error page.
struct AuthorizationRequest: Sendable {
    let client: ServiceProvider
    let redirectURI: String
    /// Asked for, known and granted, in the client's order.
    let scope: Scope
    let state: String
    let nonce: String
    let acr: String
    let wantsAMR: Bool
    let identityProvider: IdentityProvider?

    private static let required = [
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "acr_values",
    ]
    private static let optional = ["claims", "prompt", "idp_hint", "ui_locales"]
    private static let allowed = Set(required + optional)
    /// What even an empty text does not satisfy.
    private static let filled = ["client_id", "redirect_uri"]
    private static let nonceCountMin = 22
    private static let prompts: Set = ["login", "consent", "login consent", "consent login"]
    static let level = "eidas1"
    private static let higherLevels = ["eidas2", "eidas3"]

    init(
        _ form: Form, clients: [ServiceProvider]
    ) throws(AuthorizationFailure) {
        try Self.checkShape(form)
        guard let id = form["client_id"], let client = clients.first(where: { $0.clientID == id })
        else { throw .page(.unknownClient, "invalid_client") }
        guard let uri = form["redirect_uri"], client.redirectURIs.contains(uri) else {
            throw .page(.redirectURI, "invalid_redirect_uri")
        }
        let state = form["state"] ?? ""
        // From here on the client is told, at an address that it has registered.
        func refuse(_ error: String, _ description: String) -> AuthorizationFailure {
            .redirect(AuthorizationRefusal(error, description), uri: uri, state: state)
        }
        switch form["response_type"] {
        case "code"?: break
        case nil, ""?: throw refuse("invalid_request", "missing required parameter 'response_type'")
        case .some:
            throw refuse("unsupported_response_type", "unsupported response_type requested")
        }
        let scope = form["scope"].flatMap { Scope($0) } ?? .empty
        guard scope.contains(Scope.openID) else {
            throw refuse(
                "invalid_request",
                "openid scope must be requested when using the acr_values parameter")
        }
        let known = scope.values.filter(ReleasedClaims.knownScopes.contains)
        guard let granted = Scope(known.joined(separator: " ")), granted.isSubset(of: client.scope)
        else { throw refuse("invalid_scope", "requested scope is not allowed") }
        guard let acr = Self.acr(form["acr_values"] ?? "") else {
            throw refuse("invalid_acr", "acr_values not supported")
        }
        wantsAMR = try Self.wantsAMR(form["claims"]) || granted.contains("amr")
        guard !wantsAMR || client.scope.contains("amr") else {
            throw .page(.amrNotAllowed, "amr is not allowed for this client")
        }
        identityProvider = form["idp_hint"].flatMap(IdentityProvider.init(rawValue:))
        guard form["idp_hint"] == nil || identityProvider != nil else {
            throw refuse("invalid_idp_hint", "An idp_hint was provided but is not allowed")
        }
        self.client = client
        redirectURI = uri
        self.scope = granted
        self.state = state
        nonce = form["nonce"] ?? ""
        self.acr = acr
    }

    private static func checkShape(_ form: Form) throws(AuthorizationFailure) {
        func wrong(_ detail: String) -> AuthorizationFailure { .page(.authorizeParameters, detail) }
        if let name = form.duplicates.first { throw wrong("\(name) comes twice") }
        if let unknown = form.parameters.first(where: { !allowed.contains($0.name) }) {
            throw wrong("\(unknown.name) is not allowed")
        }
        for name in required where form[name] == nil { throw wrong("\(name) is missing") }
        for name in filled where form.parameter(name) == nil { throw wrong("\(name) is empty") }
        guard let nonce = form["nonce"], nonce.count >= nonceCountMin else {
            throw wrong("nonce has fewer than \(nonceCountMin) characters")
        }
        if let prompt = form["prompt"], !prompts.contains(prompt) {
            throw wrong("prompt must be login, consent or both")
        }
    }

    /// The first known level counts, an unknown one is replaced; nil for one that is too high.
    private static func acr(_ text: String) -> String? {
        let known = text.split(separator: " ").first {
            $0 == level || higherLevels.contains("\($0)")
        }
        return known == nil || known ?? "" == level ? level : nil
    }

    /// `{"id_token":{"amr":…}}`
    private static func wantsAMR(_ claims: String?) throws(AuthorizationFailure) -> Bool {
        guard let claims else { return false }
        guard let json = try? JSON(parsing: claims), case .object = json else {
            throw .page(.claims, "claims is no JSON object")
        }
        return json.member("id_token")?.member("amr") != nil
    }
}
