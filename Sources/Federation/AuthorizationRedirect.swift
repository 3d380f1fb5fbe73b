import FoundationEssentials
import Tokens

/// The two halves of the browser's trip: the request it carries there, and the response it brings
/// back.
struct AuthorizationRedirect {
    private static let randomByteCount = 32
    /// Parameters that must not come twice in a response (RFC 6749 §3.1).
    private static let single = ["code", "state", "iss", "error", "error_description"]
    private static let codeBytesMax = 4096

    private let configuration: RelyingParty.Configuration
    private let metadata: ProviderMetadata

    init(_ configuration: RelyingParty.Configuration, _ metadata: ProviderMetadata) {
        self.configuration = configuration
        self.metadata = metadata
    }

    /// What must be kept of a sign-in that begins now. `nonce` writes the random bytes.
    func pending(
        _ wish: SignInWish, at now: Date, random: (_ byteCount: Int) -> [UInt8],
        nonce: ([UInt8]) -> String = Base64URL.encode
    ) throws(FederationError) -> PendingSignIn {
        func secret() -> String { Base64URL.encode(random(Self.randomByteCount)) }
        guard wish.statePrefix.isEmpty || PendingSignIn.isStatePrefix(wish.statePrefix) else {
            throw .notOffered("this prefix of a state")
        }
        return PendingSignIn(
            issuer: configuration.issuer,
            state: wish.statePrefix.isEmpty ? secret() : wish.statePrefix + "." + secret(),
            nonce: nonce(random(Self.randomByteCount)),
            verifier: configuration.usesPKCE ? Secret(secret()) : nil, wish: wish,
            expiresAt: now.adding(configuration.signInLifetime))
    }

    /// The request of a standard provider.
    func begin(
        _ wish: SignInWish, at now: Date, random: (_ byteCount: Int) -> [UInt8]
    ) throws(FederationError) -> StartedSignIn {
        let pending = try pending(wish, at: now, random: random)
        var query = parameters(pending)
        if let verifier = pending.verifier {
            do {
                query.append(("code_challenge", try PKCE.challenge(for: verifier.text)))
            } catch {
                throw .signing
            }
            query.append(("code_challenge_method", "S256"))
        }
        if let prompt = wish.prompt { query.append(("prompt", prompt)) }
        if let maxAge = wish.maxAge { query.append(("max_age", String(maxAge.components.seconds))) }
        if !wish.acrValues.isEmpty {
            query.append(("acr_values", wish.acrValues.joined(separator: " ")))
        }
        if let hint = wish.loginHint { query.append(("login_hint", hint)) }
        return try started(pending, query)
    }

    /// What every provider is sent.
    func parameters(_ pending: PendingSignIn) -> [(String, String)] {
        [
            ("response_type", "code"), ("client_id", configuration.clientID),
            ("redirect_uri", configuration.redirectURI), ("scope", configuration.scope.text),
            ("state", pending.state), ("nonce", pending.nonce),
        ]
    }

    func started(
        _ pending: PendingSignIn, _ query: [(String, String)]
    ) throws(FederationError) -> StartedSignIn {
        let endpoint = metadata.authorizationEndpoint ?? ""
        let url = try Discovery.browserURL(endpoint, "authorization_endpoint").appending(
            query: query)
        return StartedSignIn(url: url, pending: pending)
    }

    /// The authorization code of a response that passes every check, in this order: it is this
    /// browser's, in time, from this issuer; only then its own error counts.
    func code(
        of response: Form, _ pending: PendingSignIn, at now: Date
    ) throws(FederationError) -> Secret {
        if let name = response.duplicates.first(where: Self.single.contains) {
            throw .malformedResponse("\(name) comes twice")
        }
        guard let state = response["state"], pending.issuer == configuration.issuer,
            ConstantTime.equal(Array(state.utf8), Array(pending.state.utf8))
        else { throw .stateMismatch }
        guard now < pending.expiresAt else { throw .expired }
        if let issuer = response["iss"] {
            guard issuer == configuration.issuer else { throw .issuerMismatch }
        } else if configuration.requiresIssuerInResponse
            || metadata.authorizationResponseIssSupported == true
        {
            throw .issuerMismatch
        }
        if let error = response["error"] {
            throw .refused(code: error, description: response["error_description"] ?? "")
        }
        guard let code = response["code"], !code.isEmpty, code.utf8.count <= Self.codeBytesMax
        else {
            throw .malformedResponse("no code")
        }
        return Secret(code)
    }
}
