import Foundation
import LoopbackSupport
import Synchronization
import Tokens

/// A provider on a loopback port, as small as a relying party can live with. Tests play its pages
/// themselves.
final class ProviderServer: Sendable {
    struct State: Sendable {
        var userInfo: [String: JSON] = [:]
        /// By code: nonce and claims of the ID token to come.
        var nonces: [String: String] = [:]
        var tokenRequests: [Form] = []
        var isDown = false
        var subject = "person-1"
    }

    let state: Mutex<State>
    let signer: Signer
    let clientID: String
    private let server: Mutex<LoopbackServer?>
    let issuer: String

    init(clientID: String, now: Date) throws {
        let key = try PrivateKey.generate(.p256)
        let signer = try Signer(key: key, algorithm: .es256, keyID: "op-1")
        let keys = JWKSet([try JWK(key.publicKey, keyID: "op-1", algorithm: .es256)])
        self.signer = signer
        self.clientID = clientID
        let box = Box()
        let server = try LoopbackServer { request in
            box.owner.withLock { $0 }?.answer(request, keys, now) ?? .json("{}", status: 503)
        }
        issuer = server.base
        state = Mutex(State())
        self.server = Mutex(server)
        box.owner.withLock { $0 = self }
    }

    private final class Box: Sendable {
        let owner = Mutex<ProviderServer?>(nil)
    }

    private func answer(
        _ request: LoopbackServer.Request, _ keys: JWKSet, _ now: Date
    ) -> LoopbackServer.Answer {
        if state.withLock({ $0.isDown }) { return .json("{}", status: 503) }
        switch request.path {
        case "/.well-known/openid-configuration":
            return json([
                "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"),
                "token_endpoint": .string(issuer + "/token"),
                "userinfo_endpoint": .string(issuer + "/userinfo"),
                "jwks_uri": .string(issuer + "/jwks"),
                "end_session_endpoint": .string(issuer + "/logout"),
                "authorization_response_iss_parameter_supported": true,
            ])
        case "/jwks":
            return .json(String(decoding: keys.serialized(), as: UTF8.self))
        case "/userinfo":
            return json(state.withLock { $0.userInfo })
        case "/token":
            return token(request, now)
        default:
            return .json("{}", status: 404)
        }
    }

    private func token(_ request: LoopbackServer.Request, _ now: Date) -> LoopbackServer.Answer {
        guard let form = try? Form(parsing: request.body), let code = form["code"] else {
            return .json("{\"error\":\"invalid_request\"}", status: 400)
        }
        let (nonce, subject) = state.withLock { state in
            state.tokenRequests.append(form)
            return (state.nonces.removeValue(forKey: code), state.subject)
        }
        let seconds = Int64(now.timeIntervalSince1970)
        guard let nonce,
            let idToken = try? sign([
                "iss": .string(issuer), "sub": .string(subject), "aud": .string(clientID),
                "iat": .integer(seconds), "exp": .integer(seconds + 300), "nonce": .string(nonce),
                "sid": "session-1",
            ])
        else { return .json("{\"error\":\"invalid_grant\"}", status: 400) }
        return json(["access_token": "at", "token_type": "Bearer", "id_token": .string(idToken)])
    }

    func sign(_ claims: [String: JSON], type: String? = nil) throws -> String {
        try JWS.compact(payload: JSON.object(claims).serialized(), type: type, signer: signer)
    }

    private func json(_ members: [String: JSON]) -> LoopbackServer.Answer {
        .json(String(decoding: JSON.object(members).serialized(), as: UTF8.self))
    }
}
