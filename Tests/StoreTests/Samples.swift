import FoundationEssentials
import Store

/// A fixed moment: 2 November 2026, 09:00 UTC.
let start = Date(timeIntervalSince1970: 1_793_610_000)

func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

/// Bytes that look random and are the same in every run (SplitMix64 of the seed).
func bytes(_ count: Int, _ seed: Int) -> [UInt8] {
    var state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15
    var bytes: [UInt8] = []
    while bytes.count < count {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        word ^= word >> 31
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }
    return Array(bytes.prefix(count))
}

func id<Row>(_ seed: Int, at now: Date = start) -> RowID<Row> {
    RowID(at: now, random: bytes(10, seed))
}

/// The reference of a secret: `seed` names the selector, `secret` its hash.
func reference(_ seed: Int, secret: Int? = nil) -> SecretReference {
    let selector: RowID<AccessToken> = id(seed)
    guard
        let reference = SecretReference(
            selector: selector.bytes, hash: bytes(32, secret ?? seed + 1_000_000))
    else { preconditionFailure("16 and 32 bytes") }
    return reference
}

func attemptKey(_ seed: Int) -> AttemptKey {
    guard let key = AttemptKey(bytes: bytes(32, seed)) else { preconditionFailure("32 bytes") }
    return key
}

/// People, clients and authorizations that the tests share.
enum Sample {
    static let client = "lsu"
    static let otherClient = "cantine"
    static let issuer = "https://franceconnect.example.org/api/v2"
    static let redirectURI = "https://lsu.example.org/callback"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    static let account = Account(
        id: id(1), identifier: "v.durant1", state: .active, origin: .guardian,
        passwordHash: "$argon2id$one",
        passwordChangedAt: start, email: "valery1.durant@example.org", createdAt: start,
        updatedAt: start)

    /// Another account, in its own state.
    static func account(
        _ seed: Int, state: AccountState = .active, password: String? = "$argon2id$other",
        changedAt: Date? = start
    ) -> Account {
        Account(
            id: id(seed), identifier: "m.martin\(seed)", state: state, origin: .school,
            passwordHash: password, passwordChangedAt: password == nil ? nil : changedAt,
            createdAt: start, updatedAt: start)
    }

    static func guardian(
        _ seed: Int, account: Account.ID = id(1), mobile: String? = "+33639980001"
    ) -> Guardian {
        Guardian(
            id: id(seed), sourceKey: "g\(seed)", account: account, civility: "Mme",
            lastName: "DURANT", firstName: "Valéry", mobilePhone: mobile, updatedAt: start)
    }

    static func child(_ seed: Int, _ name: String = "Alexis", born: String = "2012-10-29") -> Child
    {
        Child(
            id: id(seed), sourceKey: "c\(seed)", lastName: "DURAND", firstName: name,
            birthDate: born)
    }

    static func link(_ subject: String, account: Account.ID = id(1)) -> UpstreamLink {
        UpstreamLink(issuer: issuer, subject: subject, account: account, createdAt: start)
    }

    static func challenge(
        _ seed: Int, purpose: SMSPurpose = .enrolment, subject: Int = 1, lifetime: Double = 1800
    ) -> SMSChallenge {
        SMSChallenge(
            id: id(seed), purpose: purpose, subject: bytes(32, subject), phone: "+33639980001",
            codeHash: bytes(32, seed), createdAt: start, expiresAt: after(lifetime))
    }

    static func mailToken(
        _ seed: Int, purpose: MailPurpose = .activation, account: Account.ID = id(1),
        lifetime: Double = 7 * 86400
    ) -> MailToken {
        MailToken(
            reference: reference(seed), purpose: purpose, account: account, accountEpoch: 1,
            address: "valery.durant@example.org", interaction: id(3), browserHash: bytes(32, 7),
            client: client, createdAt: start, expiresAt: after(lifetime))
    }

    static func client(_ id: String, backchannel: String? = nil) -> Client {
        Client(
            id: id, metadata: "{}", policy: "{}", secrets: [], sector: "\(id).example.org",
            backchannelLogoutURI: backchannel, createdAt: start, updatedAt: start)
    }

    static func session(
        _ seed: Int = 1, account: Account = account, openedAt: Date = start, secret: Int? = nil
    ) -> Session {
        Session(
            id: id(seed), secretHash: reference(seed, secret: secret).hash, account: account.id,
            accountEpoch: account.epoch, facts: [1, 2, 3], acr: "urn:educonnect:acr:password",
            amr: "pwd",
            authTime: openedAt, browserHash: bytes(32, 7), openedAt: openedAt, lastUsedAt: openedAt,
            idleSeconds: 3600, expiresAt: openedAt.addingTimeInterval(36000))
    }

    static func grant(
        _ seed: Int, account: Account = account, session: Session.ID? = id(1),
        lifetime: Double = 660
    ) -> Grant {
        Grant(
            id: id(seed), account: account.id, accountEpoch: account.epoch, client: client,
            subject: "",
            session: session, scopes: "openid profile", acr: "urn:educonnect:acr:password",
            amr: "pwd",
            authTime: start, nonce: "n-0S6_WzA2Mj", createdAt: start, expiresAt: after(lifetime))
    }

    static func code(_ seed: Int) -> AuthorizationCode {
        AuthorizationCode(
            reference: reference(seed), grant: id(seed), redirectURI: redirectURI,
            codeChallenge: challenge,
            expiresAt: after(60))
    }

    static func completion(
        _ seed: Int, session: SessionUse = .existing(id(1), touching: false),
        interaction: InteractionEnd = .none, grant: Grant? = nil, changes: [Change] = []
    ) -> Completion {
        let grant = grant ?? self.grant(seed)
        return Completion(
            session: session, interaction: interaction, grant: grant, code: code(seed),
            subject: .candidate(
                SubjectIdentifier(
                    owner: .account(account.id), sector: "lsu.example.org", value: "sub-\(seed)")),
            sid: "sid-\(seed)", touchesAccess: false, changes: changes)
    }

    static func redemption(
        _ seed: Int, client: String = client, token: Int? = nil, refresh: Int? = nil
    ) -> CodeRedemptionRequest {
        CodeRedemptionRequest(
            code: reference(seed), client: client, redirectURI: redirectURI,
            codeChallenge: challenge
        ) { grant in
            Issue(
                accessToken: accessToken(token ?? seed, scopes: grant.scopes),
                refreshFamily: refresh.map { refreshFamily($0) })
        }
    }

    static func accessToken(_ seed: Int, scopes: String = "openid profile") -> NewAccessToken {
        NewAccessToken(reference: reference(seed + 500_000), scopes: scopes, expiresAt: after(600))
    }

    static func refreshFamily(_ seed: Int) -> NewRefreshFamily {
        NewRefreshFamily(
            reference: refreshToken(seed, 0), idleExpiresAt: after(1800),
            expiresAt: after(90 * 86400))
    }

    /// The token of one generation of a family.
    static func refreshToken(_ seed: Int, _ generation: Int64) -> SecretReference {
        reference(seed + 700_000, secret: seed * 1000 + Int(generation))
    }

    static func refresh(
        _ seed: Int, _ generation: Int64, client: String = client, token: Int,
        binding: RefreshBinding = .client
    ) -> RefreshRequest {
        RefreshRequest(
            token: refreshToken(seed, generation), client: client, binding: binding,
            successor: { refreshToken(seed, $0).hash }, idleExpiresAt: after(3600)
        ) { grant in
            accessToken(token, scopes: grant.scopes)
        }
    }
}

extension IdentityStore {
    /// The account, its live session and the client of the samples.
    func prepare() async throws {
        try await write { writer in
            try writer.insert(Sample.account)
            try writer.insert(Sample.client(Sample.client))
            try writer.open(Sample.session())
        }
    }

    /// A grant with its code, for the sample's session.
    @discardableResult
    func issueCode(_ seed: Int) async throws -> CompletionResult {
        try await write { try $0.complete(Sample.completion(seed), at: start) }
    }

    func accessToken(_ seed: Int, at now: Date) async throws -> LiveAccessToken? {
        try await read { try $0.accessToken(Sample.accessToken(seed).reference, at: now) }
    }
}
