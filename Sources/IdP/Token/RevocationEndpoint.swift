import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// Where a client gives a token back.
///
/// 200 for a token that is unknown too: there is nothing left to revoke (SR-23). A refresh token ends
/// its family, its grant and every access token of it. Source: RFC 7009.
struct RevocationEndpoint: Sendable {
    static let path = "/revoke"

    let desk: Desk
    let authentication: ClientAuthentication

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        return await OAuthAnswer.running(context, at: now) {
            let form = try await Form.ofClient(request, context)
            let token = PresentedToken(try form.required("token"))
            let revocation = try await authentication.withClient(
                form, authorization: request.headers[.authorization], network: context.networkKey,
                at: now
            ) { client in
                try await desk.store.write { writer in
                    try client.confirm(in: writer, at: now)
                    return try Self.revoke(token, of: client.client.id, in: writer, at: now)
                }
            }
            switch revocation {
            case .revoked, .unknown:
                return Response(status: .ok, headers: [.cacheControl: "no-store"])
            case .wrongClient:
                // RFC 7009 §2.1: refused, and the client is told.
                throw OAuthError(.invalidGrant, "The token belongs to another client")
            }
        }
    }

    private static func revoke(
        _ token: PresentedToken, of clientID: String, in writer: StoreWriter, at now: Date
    ) throws -> Revocation {
        switch token {
        case .access(let reference):
            try writer.revokeAccessToken(reference, client: clientID, at: now)
        case .refresh(let reference):
            try writer.revokeRefreshToken(reference, client: clientID, at: now)
        case .unknown:
            .unknown
        }
    }
}

/// The parameter `token` of revocation and introspection. Our tokens tell their kind by their prefix,
/// so `token_type_hint` is not needed (RFC 7009 §2.1 allows to ignore it).
enum PresentedToken: Sendable {
    case access(SecretReference)
    case refresh(SecretReference)
    case unknown

    init(_ text: String) {
        if let token = OpaqueToken(text, kind: .accessToken) {
            self = .access(token.reference)
        } else if let token = OpaqueToken(text, kind: .refreshToken) {
            self = .refresh(token.reference)
        } else {
            self = .unknown
        }
    }
}
