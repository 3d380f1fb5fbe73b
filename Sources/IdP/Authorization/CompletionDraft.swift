import FoundationEssentials
import Flow
import Serving
import Store
import Tokens
import Web

/// All that one answered request writes: grant, code, subjects, session, consent; one transaction.
///
/// Its secrets are drawn when it is made, since a transaction may run more than once. Identifiers of
/// subjects are drawn inside: how many are missing is known only there, and of several runs the last
/// one counts.
struct CompletionDraft: Sendable {
    let wanted: AuthorizationRequest
    let client: RegisteredClient
    let code: OpaqueToken
    private let grantID: Grant.ID
    private let sid: String
    private let eventID: AuditEvent.ID
    private let network: String
    private let policy: Policy
    private let random: @Sendable (_ byteCount: Int) -> [UInt8]
    private let now: Date

    init(
        _ wanted: AuthorizationRequest, for client: RegisteredClient, desk: Desk, network: String,
        at now: Date
    ) {
        self.wanted = wanted
        self.client = client
        self.network = network
        self.now = now
        code = desk.makeToken(.authorizationCode, at: now)
        grantID = desk.makeID(at: now)
        eventID = desk.makeID(at: now)
        sid = Base64URL.encode(desk.environment.random(16))
        policy = desk.policy
        random = desk.environment.random
    }

    /// Who is answered for, and what else ends with the answer.
    struct Person: Sendable {
        /// As it was when it was proved: in another epoch it gets nothing.
        let account: ProvedAccount
        let summary: AuthorizationResponse.Summary
        let session: SessionUse
        let sessionExpiresAt: Date
        /// The account's `sub` for the client's sector, when it is known to exist.
        var subject: String?
        var interaction = InteractionEnd.none
        var changes: [Change] = []

        /// Whether they signed in for this answer, rather than for an earlier one.
        var hasSignedIn: Bool {
            switch session {
            case .existing: false
            case .renewed, .opened: true
            }
        }
    }

    /// What the rules ask of a session's account: of its state nothing, but where the class of sign-in
    /// matters.
    func known(of account: Account.ID?, _ reader: some StoreReading) throws -> Known {
        guard let account else { return Known() }
        let standing =
            wanted.acrValues.isEmpty
            ? nil
            : try reader.account(account).map {
                try AccountStanding($0, for: .client(wanted), reader, policy, at: now)
            }
        var known = Known(standing: standing)
        try known.look(at: account, for: wanted, of: client, reader)
        return known
    }

    /// Writes it, unless the interaction, the session or the account moved on in the meantime. Throws
    /// `ClientRegistry.Stale`.
    func write(for person: Person, in writer: StoreWriter) throws -> CompletionResult {
        try client.confirm(in: writer)
        let result = try writer.complete(
            Completion(
                session: person.session, interaction: person.interaction,
                grant: makeGrant(person),
                code: AuthorizationCode(
                    reference: code.reference, grant: grantID,
                    redirectURI: wanted.target.uri.text, codeChallenge: wanted.codeChallenge,
                    expiresAt: now + policy.lifetimes.authorizationCode),
                subject: person.subject.map { .known($0) }
                    ?? .candidate(candidate(.account(person.account.id))),
                sid: sid, childSubjects: try childSubjects(of: person.account.id, writer),
                touchesAccess: person.hasSignedIn, changes: person.changes),
            at: now)
        if case .completed(_, let sid) = result, person.hasSignedIn || sid == self.sid {
            try writer.append(event(person))
        }
        return result
    }

    /// Each sign-in is noted, and each teleservice that a session opens for the first time (SR-63).
    private func event(_ person: Person) -> AuditEvent {
        AuditEvent(
            id: eventID, at: now, kind: person.hasSignedIn ? .signedIn : .singleSignOn,
            account: person.account.id, client: client.id, network: network)
    }

    /// A grant lives as long as anything issued from it may: the session's end for a refresh token
    /// bound to it, 180 days for an offline one, and otherwise the code and one access token.
    private func makeGrant(_ person: Person) -> Grant {
        let lifetimes = policy.lifetimes
        let isOffline = wanted.scope.contains(Scope.offlineAccess)
        let expiry: Date
        if isOffline {
            expiry = now + policy.refresh.offlineAbsolute
        } else if client.mayRefresh {
            expiry = person.sessionExpiresAt
        } else {
            expiry = now + lifetimes.authorizationCode + lifetimes.accessToken
        }
        return Grant(
            id: grantID, account: person.account.id, accountEpoch: person.account.epoch,
            client: client.id, subject: person.subject ?? "",
            session: isOffline ? nil : person.session.id,
            scopes: wanted.scope.text, acr: person.summary.acr,
            amr: person.summary.amr, authTime: person.summary.time, nonce: wanted.nonce,
            createdAt: now, expiresAt: expiry)
    }

    /// What the claim `children` will need: an identifier of the sector for each child that has none yet.
    private func childSubjects(
        of account: Account.ID, _ reader: some StoreReading
    ) throws -> [SubjectIdentifier] {
        guard wanted.scope.contains("scolarite") else { return [] }
        let owners = try reader.children(of: account, at: now).map {
            SubjectOwner.child($0.child.id)
        }
        let known = try reader.subjects(of: owners, sector: client.sector)
        return owners.filter { known[$0] == nil }.map(candidate)
    }

    /// Random, not derived: nothing ties the values of two sectors together (D8).
    private func candidate(_ owner: SubjectOwner) -> SubjectIdentifier {
        SubjectIdentifier(
            owner: owner, sector: client.sector, value: Base64URL.encode(random(32)))
    }
}
