import Foundation
import Outgoing
import Synchronization
import Tokens

/// A provider in process: signs with keys of its own and can be told to misbehave in one way at a
/// time.
final class StubProvider: OutgoingHTTP {
    static let issuer = "https://op.example.org"
    static let clientID = "client-1"

    struct State: Sendable {
        var signer: Signer
        var published: JWKSet
        /// How this kind of provider writes ID tokens.
        var dialect: @Sendable (inout [String: JSON]) -> Void = { _ in }
        /// Changed before an ID token is signed.
        var claims: @Sendable (inout [String: JSON]) -> Void = { _ in }
        /// Instead of the signature by `signer`.
        var idToken: (@Sendable ([String: JSON]) throws -> String)?
        /// Instead of the usual answer, by path.
        var answers: [String: Result<OutgoingResponse, FetchError>] = [:]
        var signsUserInfo = false
        /// Changed before UserInfo is signed.
        var signedUserInfo: @Sendable (inout [String: JSON]) -> Void = { _ in }
        var userInfo: [String: JSON] = ["sub": "person-1", "family_name": "DURANT"]
        var metadata: [String: JSON]
        var nonce = ""
        var requests: [OutgoingRequest] = []
    }

    let state: Mutex<State>
    let now: Date

    init(now: Date, algorithm: Algorithm = .es256) throws {
        self.now = now
        let (signer, jwk) = try Self.key("key-1", algorithm)
        state = Mutex(State(signer: signer, published: JWKSet([jwk]), metadata: Self.metadata))
    }

    static func key(_ id: String, _ algorithm: Algorithm = .es256) throws -> (Signer, JWK) {
        let key = try PrivateKey.generate(algorithm.keyType)
        return (
            try Signer(key: key, algorithm: algorithm, keyID: id),
            try JWK(key.publicKey, keyID: id, algorithm: algorithm)
        )
    }

    static let metadata: [String: JSON] = [
        "issuer": .string(issuer),
        "authorization_endpoint": .string(issuer + "/authorize?tenant=1"),
        "token_endpoint": .string(issuer + "/token"),
        "userinfo_endpoint": .string(issuer + "/userinfo"),
        "jwks_uri": .string(issuer + "/jwks"),
        "end_session_endpoint": .string(issuer + "/logout"),
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
    ]

    func change(_ body: @Sendable (inout State) throws -> Void) rethrows {
        try state.withLock { try body(&$0) }
    }

    func answer(
        _ path: String, status: Int = 200, _ body: String, type: String = "application/json"
    ) {
        state.withLock {
            $0.answers[path] = .success(
                OutgoingResponse(
                    status: status, headers: [("content-type", type)], body: Array(body.utf8)))
        }
    }

    func fail(_ path: String, _ error: FetchError) {
        state.withLock { $0.answers[path] = .failure(error) }
    }

    /// Calls so far whose URL ends in that path.
    func count(_ path: String) -> Int {
        state.withLock { $0.requests.count { $0.url.hasSuffix(path) } }
    }

    func send(_ request: OutgoingRequest) async throws(FetchError) -> OutgoingResponse {
        var state = self.state.withLock { state in
            state.requests.append(request)
            return state
        }
        let path = String(request.url.dropFirst(Self.issuer.utf8.count))
        if let answer = state.answers[path] { return try answer.get() }
        switch path {
        case "/.well-known/openid-configuration":
            return Self.json(.object(state.metadata))
        case "/jwks":
            return Self.json(state.published.json)
        case "/userinfo":
            guard state.signsUserInfo else { return Self.json(.object(state.userInfo)) }
            guard let token = try? userInfo(state) else { throw .broken("stub") }
            return Self.jwt(token)
        case "/token":
            state.nonce = self.state.withLock { $0.nonce }
            guard let token = try? idToken(state) else { throw .broken("stub") }
            return Self.json([
                "access_token": "access-1", "token_type": "BEARER", "id_token": .string(token),
            ])
        default:
            return OutgoingResponse(status: 404)
        }
    }

    private func idToken(_ state: State) throws -> String {
        let seconds = Int64(now.timeIntervalSince1970)
        var claims: [String: JSON] = [
            "iss": .string(Self.issuer), "sub": "person-1", "aud": .string(Self.clientID),
            "iat": .integer(seconds), "exp": .integer(seconds + 300), "nonce": .string(state.nonce),
            "auth_time": .integer(seconds - 20), "acr": "level-1", "amr": ["pwd"],
            "sid": "session-1",
        ]
        state.dialect(&claims)
        state.claims(&claims)
        if let idToken = state.idToken { return try idToken(claims) }
        return try Self.sign(claims, state.signer)
    }

    private func userInfo(_ state: State) throws -> String {
        let seconds = Int64(now.timeIntervalSince1970)
        var claims = state.userInfo
        claims["iss"] = .string(Self.issuer)
        claims["aud"] = .string(Self.clientID)
        claims["iat"] = .integer(seconds)
        claims["exp"] = .integer(seconds + 60)
        state.signedUserInfo(&claims)
        return try Self.sign(claims, state.signer)
    }

    static func jwt(_ token: String) -> OutgoingResponse {
        OutgoingResponse(
            status: 200, headers: [("content-type", "application/jwt; charset=utf-8")],
            body: Array(token.utf8))
    }

    static func sign(
        _ claims: [String: JSON], _ signer: Signer, type: String? = nil
    ) throws -> String {
        try JWS.compact(payload: JSON.object(claims).serialized(), type: type, signer: signer)
    }

    private static func json(_ json: JSON) -> OutgoingResponse {
        OutgoingResponse(
            status: 200, headers: [("content-type", "application/json; charset=utf-8")],
            body: json.serialized())
    }
}
