import Flow
import FoundationEssentials
import Serving
import Store
import TestSupport
import Tokens
import Web

@testable import IdP

/// The whole provider on an empty store, with Mme Valéry DURANT in its directory and a teleservice in
/// its registry.
struct SignInWorld {
    let test: TestDesk
    let door: TestDoor
    let parent: SampleParent
    let client: RegisteredClient

    static let password = "Parent2026"

    static func run(
        _ backend: Backend = .sqlite, policy: Policy = Policy(profile: .educonnect),
        client policyOfClient: ClientPolicy = ClientPolicy(), upstreams: [Upstream] = [],
        _ edit: (inout ClientMetadata) throws -> Void = { _ in },
        _ body: (SignInWorld) async throws -> Void
    ) async throws {
        try await TestDesk.run(backend, policy: policy) { test in
            let parent = try await test.makeParent()
            try await test.setPassword(Self.password, of: parent)
            let client = try await test.register("lsu", policy: policyOfClient, edit)
            try await body(try SignInWorld(test, parent, client, upstreams))
        }
    }

    /// The same on several nodes; `start` starts one more.
    static func runNodes(
        _ backend: Backend, client policyOfClient: ClientPolicy = ClientPolicy(),
        _ edit: (inout ClientMetadata) throws -> Void = { _ in },
        _ body: (_ start: @escaping () throws -> SignInWorld) async throws -> Void
    ) async throws {
        try await TestDesk.runNodes(backend) { start in
            let first = try start()
            let parent = try await first.makeParent()
            try await first.setPassword(Self.password, of: parent)
            let client = try await first.register("lsu", policy: policyOfClient, edit)
            await first.stop()
            try await body { try SignInWorld(try start(), parent, client) }
        }
    }

    private init(
        _ test: TestDesk, _ parent: SampleParent, _ client: RegisteredClient,
        _ upstreams: [Upstream] = []
    ) throws {
        self.test = test
        self.parent = parent
        self.client = client
        let routes = try ProviderRoutes(
            desk: test.desk, keyLead: .seconds(86_400), upstreams: upstreams)
        door = TestDoor(routes.responder())
    }

    func browser() -> TestBrowser { TestBrowser(door) }

    /// The address of a good request, with some parameters replaced; an empty value takes one away.
    func request(_ changes: [(String, String)] = [], client: String = "lsu") throws -> String {
        let standard = [
            ("client_id", client), ("redirect_uri", TestDesk.redirectURI),
            ("response_type", "code"),
            ("scope", "openid"), ("state", "state of the client"), ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", try PKCE.challenge(for: TestDesk.verifier)),
            ("code_challenge_method", "S256"),
        ]
        let names = Set(changes.map(\.0))
        let parameters =
            standard.filter { !names.contains($0.0) } + changes.filter { !$0.1.isEmpty }
        return "/authorize?" + Form.encode(parameters)
    }

    /// A browser with a session, by the front door.
    func signedIn() async throws -> TestBrowser {
        let browser = browser()
        try await browser.open(try request())
        try await browser.signIn()
        return browser
    }

    /// The answer of the token endpoint to the code that the browser was sent back with.
    func redeem(
        _ browser: TestBrowser, verifier: String = TestDesk.verifier
    ) async throws -> TestAnswer {
        try await redeem(code: browser.callback?["code"] ?? "", verifier: verifier)
    }

    func redeem(code: String, verifier: String = TestDesk.verifier) async throws -> TestAnswer {
        let basic = Array("lsu:\(Form.encode([("", TestDesk.secret(of: "lsu"))]).dropFirst())".utf8)
        return try await door.post(
            "/token",
            [
                ("grant_type", "authorization_code"), ("code", code),
                ("redirect_uri", TestDesk.redirectURI), ("code_verifier", verifier),
            ], authorization: "Basic " + Data(basic).base64EncodedString())
    }

    /// The claims of the ID token for that code.
    func idToken(_ browser: TestBrowser) async throws -> JSON {
        let token = try await redeem(browser).string("id_token") ?? ""
        let parts = token.split(separator: ".")
        guard parts.count == 3, let payload = Base64URL.decode(String(parts[1])) else {
            return .null
        }
        return try JSON(parsing: payload)
    }
}

extension TestDesk {
    /// With little memory: what is tested is not Argon2.
    func hash(_ password: String) throws -> String {
        try PasswordHash.hash(
            Array(password.utf8), salt: desk.environment.random(PasswordHash.saltByteCount),
            parameters: .init(memoryKiB: 64, iterations: 1))
    }

    func setPassword(_ password: String, of parent: SampleParent) async throws {
        let hash = try hash(password)
        let (id, now) = (parent.account.id, clock.now)
        try await store.write { writer in
            guard let account = try writer.account(id) else { return }
            try writer.setPassword(hash, for: id, expectedRevision: account.revision, at: now)
        }
    }

    /// Another account, in this state from the start.
    func makeAccount(_ identifier: String, _ state: AccountState, password: String) async throws {
        let now = clock.now
        let account = Account(
            id: desk.makeID(at: now), identifier: identifier, state: state,
            passwordHash: try hash(password), closedAt: state == .closed ? now : nil,
            createdAt: now,
            updatedAt: now)
        try await store.write { _ = try $0.insert(account) }
    }
}
