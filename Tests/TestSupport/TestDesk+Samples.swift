import Flow
import FoundationEssentials
import Serving
import Store
import Tokens
import Web

/// An activated parent with a child in CE2, of the families of the demonstration data.
public struct SampleParent: Sendable {
    public let account: Account
    public let guardian: Guardian
    public let child: Child

    public init(account: Account, guardian: Guardian, child: Child) {
        self.account = account
        self.guardian = guardian
        self.child = child
    }
}

/// A code as a client would have received it, and what it was asked with.
public struct SampleCode: Sendable {
    public let token: OpaqueToken
    public let grant: Grant
    public let redirectURI: String
    public let verifier: String?

    public var text: String { token.text }
}

extension TestDesk {
    public static let redirectURI = "https://teleservice.example.org/callback"
    /// The example of RFC 7636 appendix B.
    public static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    /// Registers a client; by default a confidential one (Basic) with the secret `secret of <id>`.
    @discardableResult
    public func register(
        _ id: String, secret: String? = nil, policy: ClientPolicy = ClientPolicy(),
        _ edit: (inout ClientMetadata) throws -> Void = { _ in }
    ) async throws -> RegisteredClient {
        var metadata = ClientMetadata()
        metadata.redirectURIs = [try RedirectURI(Self.redirectURI)]
        metadata.clientName = "Téléservice \(id)"
        metadata.idTokenAlgorithm = .es256
        metadata.grantTypes = [.authorizationCode]
        metadata.scope = Scope(
            "openid profile email phone address scolarite educonnect offline_access")
        try edit(&metadata)
        if !metadata.grantTypes.contains(.authorizationCode) { metadata.responseTypes = [] }
        let hash = Digest.sha256(secret ?? Self.secret(of: id)).bytes
        let client = Client(
            id: id, metadata: String(decoding: metadata.json.serialized(), as: UTF8.self),
            policy: String(decoding: policy.json.serialized(), as: UTF8.self),
            secrets: [ClientSecret(hash: hash, createdAt: clock.now)],
            sector: "\(id).example.org", hasTile: policy.tile != nil,
            backchannelLogoutURI: metadata.backChannelLogoutURI,
            createdAt: clock.now, updatedAt: clock.now)
        try await store.write { try $0.insert(client) }
        return try RegisteredClient(client)
    }

    public static func secret(of id: String) -> String { "secret of \(id)" }

    /// Mme Valéry DURANT, whose daughter Alexis is in CE2 at the Roger Salengro school.
    public func makeParent(_ identifier: String = "v.durant1") async throws -> SampleParent {
        let now = clock.now
        let account = Account(
            id: desk.makeID(at: now), identifier: identifier, state: .active, origin: .school,
            email: "valery.durant@example.org", createdAt: now, updatedAt: now)
        let guardian = Guardian(
            id: desk.makeID(at: now), sourceKey: identifier, account: account.id, civility: "Mme",
            lastName: "DURANT", firstName: "Valéry", mobilePhone: "+33639980001",
            birthDate: "1980-05-17", updatedAt: now)
        try await store.write { writer in
            try writer.insert(account)
            try writer.upsert(guardian)
        }
        let child = try await makeChild("Alexis", of: guardian)
        return SampleParent(account: account, guardian: guardian, child: child)
    }

    /// A pupil of the Roger Salengro school whom the guardian represents.
    public func makeChild(_ firstName: String, of guardian: Guardian) async throws -> Child {
        let now = clock.now
        let school = School(
            uai: "0590001A", name: "E.E.PU ROGER SALENGRO", academy: "LILLE", sector: .public)
        let schoolClass = SchoolClass(
            id: desk.makeID(at: now), sourceKey: "CE2 A", school: school.uai, label: "CE2 A",
            level: "CE2")
        let child = Child(
            id: desk.makeID(at: now), sourceKey: "\(firstName) of \(guardian.sourceKey)",
            lastName: "DURAND", firstName: firstName, birthDate: "2017-03-02", ine: "0123456789A")
        return try await store.write { writer in
            try writer.upsert(school)
            var child = child
            child.schoolClass = try writer.upsert(schoolClass)
            try writer.upsert(child)
            try writer.upsert(
                ChildLink(guardian: guardian.id, child: child.id, legalLevel: .representative))
            return child
        }
    }

    /// A session of this parent, opened now.
    public func signIn(_ parent: SampleParent) async throws -> Session {
        let now = clock.now
        let token = desk.makeToken(.session, at: now)
        guard let id = Session.ID(bytes: token.selector) else { throw SampleError.noSession }
        let limits = desk.policy.session
        let session = Session(
            id: id, secretHash: token.hash, account: parent.account.id,
            accountEpoch: parent.account.epoch, facts: [],
            acr: AuthenticationContext.password.rawValue, amr: "pwd", authTime: now,
            browserHash: Digest.sha256("browser").bytes, openedAt: now, lastUsedAt: now,
            idleSeconds: limits.idle.wholeSeconds, expiresAt: now + limits.absolute)
        try await store.write { try $0.open(session) }
        return session
    }

    /// The end of an authorization request of `client`, as the authorize endpoint completes it.
    public func code(
        for client: RegisteredClient, _ parent: SampleParent, in session: Session,
        scope: String = "openid", nonce: String? = nil, isProved: Bool = true
    ) async throws -> SampleCode {
        let now = clock.now
        let token = desk.makeToken(.authorizationCode, at: now)
        let isOffline = Scope(scope)?.contains(Scope.offlineAccess) == true
        let grant = Grant(
            id: desk.makeID(at: now), account: parent.account.id,
            accountEpoch: parent.account.epoch, client: client.id, subject: "",
            session: isOffline ? nil : session.id, scopes: scope, acr: session.acr,
            amr: session.amr, authTime: session.authTime, nonce: nonce, createdAt: now,
            expiresAt: isOffline ? now + desk.policy.refresh.offlineAbsolute : session.expiresAt)
        let challenge = isProved ? try PKCE.challenge(for: Self.verifier) : nil
        let code = AuthorizationCode(
            reference: token.reference, grant: grant.id, redirectURI: Self.redirectURI,
            codeChallenge: challenge, expiresAt: now + desk.policy.lifetimes.authorizationCode)
        let completion = Completion(
            session: .existing(session.id, touching: false), interaction: .none, grant: grant,
            code: code, subject: .candidate(subject(.account(parent.account.id), client)),
            sid: Base64URL.encode(desk.environment.random(16)),
            childSubjects: [subject(.child(parent.child.id), client)], touchesAccess: false)
        let result = try await store.write { try $0.complete(completion, at: now) }
        guard case .completed(let written, _) = result else { throw SampleError.notCompleted }
        return SampleCode(
            token: token, grant: written, redirectURI: Self.redirectURI,
            verifier: isProved ? Self.verifier : nil)
    }

    private func subject(_ owner: SubjectOwner, _ client: RegisteredClient) -> SubjectIdentifier {
        SubjectIdentifier(
            owner: owner, sector: client.sector,
            value: Base64URL.encode(desk.environment.random(32)))
    }

    public enum SampleError: Error {
        case noSession, notCompleted, notASMS
    }
}
