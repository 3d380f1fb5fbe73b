import Flow
import FoundationEssentials
import Store
import Tokens

/// A registered client and requests of it.
enum Samples {
    static let redirectURI = "https://teleservice.example.org/callback"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let now = Date(timeIntervalSince1970: 1_768_471_200)

    static func client(
        policy: ClientPolicy = ClientPolicy(),
        _ edit: (inout ClientMetadata) throws -> Void = { _ in }
    ) throws -> RegisteredClient {
        var metadata = ClientMetadata()
        metadata.redirectURIs = [try RedirectURI(redirectURI)]
        metadata.scope = Scope("openid profile email offline_access")
        try edit(&metadata)
        return try RegisteredClient(
            Client(
                id: "lsu", metadata: String(decoding: metadata.json.serialized(), as: UTF8.self),
                policy: String(decoding: policy.json.serialized(), as: UTF8.self), secrets: [],
                sector: "teleservice.example.org", createdAt: now, updatedAt: now))
    }

    /// The parameters of a good request, with some replaced; an empty value takes one away.
    static func parameters(_ changes: [(String, String)] = []) -> [(String, String)] {
        let standard = [
            ("client_id", "lsu"), ("redirect_uri", redirectURI), ("response_type", "code"),
            ("scope", "openid profile"), ("state", "af0ifjsldkj"), ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
        let names = Set(changes.map(\.0))
        let kept = standard.filter { !names.contains($0.0) }
        return kept + changes.filter { !$0.1.isEmpty }
    }

    static func request(
        _ changes: [(String, String)] = [], _ client: RegisteredClient, at now: Date = now
    ) throws -> AuthorizationRequest {
        try request(form: Form(parsing: Form.encode(parameters(changes))), client, at: now)
    }

    static func request(
        form: Form, _ client: RegisteredClient, at now: Date = now
    ) throws(AuthorizationFailure) -> AuthorizationRequest {
        let scopes = Scope("openid profile email offline_access") ?? .empty
        return try AuthorizationRequest(
            form, for: client,
            checks: .init(knownScopes: scopes) { token, _ in token == "our token" ? "subject" : nil
            },
            at: now)
    }
}
