import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// Where a resource asks whether a token is good, and what it allows.
///
/// A client is told about its own tokens, and about all of them when the operator's policy says that
/// it `introspects`; about anything else it learns that it is not active, no more (SR-23).
/// Source: RFC 7662.
struct IntrospectionEndpoint: Sendable {
    static let path = "/introspect"

    /// Who only says a name is told nothing (RFC 7662 §2.1).
    static let methods = ClientAuthentication.methods.filter { $0 != .none }

    let desk: Desk
    let authentication: ClientAuthentication

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        return await OAuthAnswer.running(context, at: now) {
            let form = try await Form.ofClient(request, context)
            let token = PresentedToken(try form.required("token"))
            let active = try await authentication.withClient(
                form, authorization: request.headers[.authorization], network: context.networkKey,
                at: now
            ) { client in
                guard client.isConfidential else {
                    throw OAuthError(.invalidClient, "A public client can not introspect tokens")
                }
                return try await look(token, for: client, at: now)
            }
            return OAuthAnswer.ok(active.map { $0.json(issuer: desk.issuer) } ?? Self.inactive)
        }
    }

    private static let inactive = Array(#"{"active":false}"#.utf8)

    private func look(
        _ token: PresentedToken, for client: AuthenticatedClient, at now: Date
    ) async throws -> ActiveToken? {
        let asking = client.client
        // Spending an assertion is a write; any other client costs a read.
        guard client.hasAssertion else {
            return try await desk.store.read { reader in
                try asking.confirm(in: reader)
                return try ActiveToken(token, for: asking, in: reader, at: now)
            }
        }
        return try await desk.store.write { writer in
            try client.confirm(in: writer, at: now)
            return try ActiveToken(token, for: asking, in: writer, at: now)
        }
    }
}

/// A token that is good now, as a resource may know it.
private struct ActiveToken: Sendable {
    let clientID: String
    let scopes: String
    let subject: String?
    let audience: String?
    let issuedAt: Date
    let expiresAt: Date
    let acr: String?
    let authenticatedAt: Date?
    let isAccessToken: Bool

    /// Nil for a token that is not good, or that the asking client has no business with.
    init?(
        _ token: PresentedToken, for asking: RegisteredClient, in store: some StoreReading,
        at now: Date
    ) throws {
        let grant: Grant?
        switch token {
        case .access(let reference):
            guard let live = try store.accessToken(reference, at: now) else { return nil }
            grant = live.grant
            clientID = live.token.client
            scopes = live.token.scopes
            audience = live.token.audience
            issuedAt = live.token.createdAt
            expiresAt = live.token.expiresAt
            isAccessToken = true
        case .refresh(let reference):
            guard let refreshed = try store.refreshToken(reference, at: now) else { return nil }
            grant = refreshed.grant
            clientID = refreshed.family.client
            scopes = refreshed.grant.scopes
            audience = nil
            issuedAt = refreshed.family.rotatedAt ?? refreshed.family.createdAt
            expiresAt = min(refreshed.family.idleExpiresAt, refreshed.family.expiresAt)
            isAccessToken = false
        case .unknown:
            return nil
        }
        subject = grant?.subject
        acr = grant?.acr
        authenticatedAt = grant?.authTime
        guard asking.policy.introspects || clientID == asking.id else { return nil }
        // What a client held ends with its registration.
        guard let holder = try store.clientRevision(clientID), !holder.isDisabled else {
            return nil
        }
    }

    func json(issuer: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.object { writer in
            writer.member("active", true)
            writer.member("client_id", clientID)
            if !scopes.isEmpty { writer.member("scope", scopes) }
            if isAccessToken { writer.member("token_type", "Bearer") }
            writer.member("sub", ifPresent: subject)
            writer.member("iss", issuer)
            writer.member("aud", ifPresent: audience)
            writer.member("iat", issuedAt.epochSeconds)
            writer.member("exp", expiresAt.epochSeconds)
            writer.member("acr", ifPresent: acr)
            writer.member("auth_time", ifPresent: authenticatedAt?.epochSeconds)
        }
        return writer.bytes
    }
}
