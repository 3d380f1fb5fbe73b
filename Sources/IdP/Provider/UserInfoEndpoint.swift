import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import NIOCore
import Serving
import Store
import Tokens
import Web

/// Who has signed in, for the holder of an access token.
///
/// GET and POST, the token in the header, or in the form of a POST (D26); never in the query, which
/// ends up in logs. Source: OpenID Connect Core §5.3, RFC 6750; SR-25.
struct UserInfoEndpoint: Sendable {
    static let path = "/userinfo"

    let desk: Desk

    func respond(to request: Request, _ context: ServingContext) async throws -> Response {
        let now = desk.now
        return await OAuthAnswer.running(context, .bearer, at: now) {
            guard let text = try await Self.token(of: request, context) else {
                // A request without credentials is told how to authenticate, not what is wrong (RFC 6750 §3.1).
                return Response(
                    status: .unauthorized,
                    headers: [.wwwAuthenticate: "Bearer", .cacheControl: "no-store"])
            }
            guard let token = OpaqueToken(text, kind: .accessToken) else { throw Self.refusal }
            return try await answer(try await released(token.reference, at: now), at: now)
        }
    }

    private static let refusal = OAuthError(
        .invalidToken, "The access token is unknown, expired or revoked")

    // MARK: The token

    /// Nil where the request brings none.
    private static func token(
        of request: Request, _ context: ServingContext
    ) async throws -> String? {
        if request.uri.query != nil, try RequestForm.query(request)["access_token"] != nil {
            throw OAuthError(.invalidRequest, "An access token may not be in the query")
        }
        let inForm = try await formToken(of: request, context)
        guard let field = request.headers[.authorization] else { return inForm }
        let header = AuthorizationHeader(field)
        switch header {
        case .bearer, .malformed(.bearer):
            guard inForm == nil else {
                throw OAuthError(.invalidRequest, "The access token is given twice")
            }
            guard case .bearer(let token) = header else { throw refusal }
            return token.text
        case .basic, .malformed(.basic), .other:
            return inForm
        }
    }

    private static func formToken(
        of request: Request, _ context: ServingContext
    ) async throws -> String? {
        guard request.method == .post else { return nil }
        do {
            return try await Form.ofClient(request, context).parameter("access_token")
        } catch RequestFormError.wrongContentType {
            return nil
        }
    }

    // MARK: The claims

    /// What a token lets its client know.
    private struct Release: Sendable {
        let client: RegisteredClient
        let grant: Grant
        let scope: Scope
        /// Nil when the scopes ask for nothing beyond `sub`.
        var person: PersonRecord?
    }

    private enum Lookup: Sendable {
        case released(Release)
        case refused(OAuthError)
        /// The client of the token isn't cached, or not in its present revision.
        case unread(client: String)
    }

    private func released(_ reference: SecretReference, at now: Date) async throws -> Release {
        for _ in 0..<Self.attemptsMax {
            switch try await desk.store.read({ try look(reference, in: $0, at: now) }) {
            case .released(var release):
                try await nameChildren(of: &release, at: now)
                return release
            case .refused(let error):
                throw error
            case .unread(let id):
                desk.clients.forget(id)
                // What a client held ends with its registration.
                guard try await desk.clients.client(id) != nil else { throw Self.refusal }
            }
        }
        throw Self.refusal
    }

    /// As in `ClientRegistry`: more edits than this between two look-ups are no chance.
    private static let attemptsMax = 3

    private func look(
        _ reference: SecretReference, in reader: StoreReader, at now: Date
    ) throws -> Lookup {
        guard let live = try reader.accessToken(reference, at: now) else {
            return .refused(Self.refusal)
        }
        // A token for another resource, or one bound to a key, is not a bearer token for us (SR-25).
        guard live.token.audience == nil, live.token.jkt == nil else {
            return .refused(Self.refusal)
        }
        guard let scope = Scope(live.token.scopes), scope.contains(Scope.openID),
            let grant = live.grant, let accountID = grant.account
        else {
            return .refused(
                OAuthError(.insufficientScope, "The access token is not for the scope openid"))
        }
        guard let client = desk.clients.cached(live.token.client),
            let present = try reader.clientRevision(client.id),
            present.revision == client.revision, !present.isDisabled
        else { return .unread(client: live.token.client) }
        guard scope.values.count > 1 else {
            return .released(Release(client: client, grant: grant, scope: scope, person: nil))
        }
        guard
            let person = try PersonRecord(
                of: accountID, for: scope, sector: client.sector, in: reader, at: now)
        else { return .refused(Self.refusal) }
        return .released(Release(client: client, grant: grant, scope: scope, person: person))
    }

    /// Gives identifiers to children that came after the sign-in: a write, but once for each child.
    private func nameChildren(of release: inout Release, at now: Date) async throws {
        guard release.scope.contains("scolarite"), let unnamed = release.person?.unnamedChildren,
            !unnamed.isEmpty
        else { return }
        let sector = release.client.sector
        let candidates = unnamed.map { child in
            SubjectIdentifier(
                owner: .child(child), sector: sector,
                value: Base64URL.encode(desk.environment.random(32)))
        }
        let named = try await desk.store.write { writer in
            try candidates.map { ($0.owner, try writer.ensure($0)) }
        }
        for (owner, value) in named { release.person?.childSubjects[owner] = value }
    }

    // MARK: The answer

    private func answer(_ release: Release, at now: Date) async throws -> Response {
        let client = release.client
        let claims =
            release.person.map { UserClaims($0, of: release.grant) }
            ?? UserClaims(subject: release.grant.subject)
        let entitlements = client.policy.entitlements
        guard let algorithm = client.metadata.userInfoAlgorithm else {
            return OAuthAnswer.ok(claims.userInfo(for: release.scope, entitlements: entitlements))
        }
        let mint = TokenIssuer(issuer: desk.issuer, keyRing: desk.keys.current)
        let signing = try SigningPlace(for: algorithm, on: desk.signaturePool)
        let jwt = try await signing.run {
            try mint.userInfo(
                claims, clientID: client.id, scope: release.scope, entitlements: entitlements,
                algorithm: algorithm, at: now)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/jwt", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: jwt)))
    }
}
