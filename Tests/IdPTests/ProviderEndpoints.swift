import Flow
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Serving
import Store
import TestSupport
import Tokens
import Web

@testable import IdP

/// The endpoints that clients call, on a desk of their own.
struct ProviderEndpoints: Sendable {
    let test: TestDesk
    let door: TestDoor

    var store: IdentityStore { test.store }
    var clock: TestClock { test.clock }
    var now: Date { test.clock.now }

    static func run(
        _ backend: Backend = .sqlite,
        signaturePool: WorkerPool? = nil,
        _ body: (ProviderEndpoints) async throws -> Void
    ) async throws {
        try await TestDesk.run(backend, signaturePool: signaturePool) { test in
            try await body(ProviderEndpoints(test))
        }
    }

    init(_ test: TestDesk) {
        self.test = test
        let desk = test.desk
        let authentication = ClientAuthentication(desk: desk)
        let grantTypes: [any GrantType] = [
            AuthorizationCodeGrant(desk: desk), RefreshTokenGrant(desk: desk),
            ClientCredentialsGrant(desk: desk),
        ]
        let token = TokenEndpoint(
            desk: desk, authentication: authentication, grantTypes: grantTypes)
        let revocation = RevocationEndpoint(desk: desk, authentication: authentication)
        let introspection = IntrospectionEndpoint(desk: desk, authentication: authentication)
        let userInfo = UserInfoEndpoint(desk: desk)
        let jwkSet = JWKSetEndpoint(desk: desk, keyLead: .seconds(86_400))
        let discovery = DiscoveryEndpoint(
            desk: desk, grantTypes: grantTypes,
            browserPaths: .init(authorization: "/authorize", endSession: "/logout"))
        door = TestDoor(layout: desk.layout) { router in
            router.post(RouterPath(TokenEndpoint.path), use: token.respond)
            router.post(RouterPath(RevocationEndpoint.path), use: revocation.respond)
            router.post(RouterPath(IntrospectionEndpoint.path), use: introspection.respond)
            router.get(RouterPath(UserInfoEndpoint.path), use: userInfo.respond)
            router.post(RouterPath(UserInfoEndpoint.path), use: userInfo.respond)
            router.get(RouterPath(JWKSetEndpoint.path), use: jwkSet.respond)
            router.get(RouterPath(DiscoveryEndpoint.path), use: discovery.respond)
            router.get(RouterPath(DiscoveryEndpoint.oauthPath), use: discovery.respond)
        }
    }

    /// `Authorization: Basic …` of a client with the sample secret, form-encoded as RFC 6749 §2.3.1 asks.
    static func basic(_ id: String, secret: String? = nil) -> String {
        let secret = secret ?? TestDesk.secret(of: id)
        let pair = formEncoded(id) + ":" + formEncoded(secret)
        return "Basic " + Base64.encode(Array(pair.utf8))
    }

    private static func formEncoded(_ text: String) -> String {
        String(Form.encode([("", text)]).dropFirst())
    }

    /// Redeems a code as the client it was made for, by Basic unless told otherwise.
    func redeem(
        _ code: SampleCode, as client: String? = nil, authorization: String? = nil,
        changing changes: [(String, String?)] = []
    ) async throws -> TestAnswer {
        var form: [(String, String)] = [
            ("grant_type", "authorization_code"), ("code", code.text),
            ("redirect_uri", code.redirectURI),
        ]
        if let verifier = code.verifier { form.append(("code_verifier", verifier)) }
        for (name, value) in changes {
            form.removeAll { $0.0 == name }
            if let value { form.append((name, value)) }
        }
        let basic = authorization ?? Self.basic(client ?? code.grant.client)
        return try await door.post("/token", form, authorization: basic)
    }

    func refresh(
        _ token: String?, as client: String, scope: String? = nil, authorization: String? = nil
    ) async throws -> TestAnswer {
        var form = [("grant_type", "refresh_token"), ("refresh_token", token ?? "")]
        if let scope { form.append(("scope", scope)) }
        return try await door.post(
            "/token", form, authorization: authorization ?? Self.basic(client))
    }

    func userInfo(_ accessToken: String?) async throws -> TestAnswer {
        try await door.get(
            "/userinfo", headers: [.authorization: "Bearer \(accessToken ?? "")"])
    }

    /// A token answer for a fresh sign-in of a sample parent.
    func signedIn(
        _ client: RegisteredClient, scope: String = "openid"
    ) async throws -> (answer: TestAnswer, code: SampleCode, session: Session, parent: SampleParent)
    {
        let parent = try await test.makeParent()
        let session = try await test.signIn(parent)
        let code = try await test.code(for: client, parent, in: session, scope: scope)
        return (try await redeem(code), code, session, parent)
    }
}
