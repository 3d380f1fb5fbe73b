import FoundationEssentials
import Flow
import Serving
import Store
import Tokens
import Web

/// All that one answered request writes: grant, code, subject, session, consent; one transaction.
struct CompletionDraft: Sendable {
    let wanted: AuthorizationRequest
    let client: RegisteredClient
    let account: ProvedAccount
    let summary: AuthorizationResponse.Summary
    /// The account's `sub` for the client's sector, when it is known to exist.
    let subject: String?
    var changes: [Change] = []

    enum Outcome {
        case code(OpaqueToken)
        /// The interaction, the session or the account moved on in the meantime: nothing was written.
        case lost
    }

    func commit(
        _ desk: Desk, session: SessionUse, sessionExpiresAt: Date, interaction: InteractionEnd,
        at now: Date
    ) async throws -> Outcome {
        let code = desk.makeToken(.authorizationCode, at: now)
        let grant = makeGrant(desk, session.id, sessionExpiresAt: sessionExpiresAt, at: now)
        let record = AuthorizationCode(
            reference: code.reference, grant: grant.id, redirectURI: wanted.target.uri.text,
            codeChallenge: wanted.codeChallenge,
            expiresAt: now + desk.policy.lifetimes.authorizationCode)
        let subjectUse: SubjectUse =
            subject.map { .known($0) }
            ?? .candidate(candidate(.account(account.id), desk))
        let sid = Base64URL.encode(desk.environment.random(16))
        let children = try await childSubjects(desk, at: now)
        let (client, changes) = (client, changes)
        let touchesAccess = if case .existing = session { false } else { true }
        let result = try await desk.store.write { writer in
            try client.confirm(in: writer)
            return try writer.complete(
                Completion(
                    session: session, interaction: interaction, grant: grant, code: record,
                    subject: subjectUse, sid: sid, childSubjects: children,
                    touchesAccess: touchesAccess, changes: changes),
                at: now)
        }
        switch result {
        case .completed: return .code(code)
        case .interactionMoved, .sessionEnded, .accountChanged: return .lost
        }
    }

    /// A grant lives as long as anything issued from it may: the session's end for a refresh token
    /// bound to it, 180 days for an offline one, and otherwise the code and one access token.
    private func makeGrant(
        _ desk: Desk, _ session: Session.ID, sessionExpiresAt: Date, at now: Date
    ) -> Grant {
        let lifetimes = desk.policy.lifetimes
        let isOffline = wanted.scope.contains(Scope.offlineAccess)
        let expiry: Date
        if isOffline {
            expiry = now + desk.policy.refresh.offlineAbsolute
        } else if client.mayRefresh {
            expiry = sessionExpiresAt
        } else {
            expiry = now + lifetimes.authorizationCode + lifetimes.accessToken
        }
        return Grant(
            id: desk.makeID(at: now), account: account.id, accountEpoch: account.epoch,
            client: client.id, subject: subject ?? "", session: isOffline ? nil : session,
            scopes: wanted.scope.text, acr: summary.acr,
            amr: summary.amr, authTime: summary.time, nonce: wanted.nonce, createdAt: now,
            expiresAt: expiry)
    }

    /// What the claim `children` will need: an identifier of the sector for each child that has none yet.
    private func childSubjects(_ desk: Desk, at now: Date) async throws -> [SubjectIdentifier] {
        guard wanted.scope.contains("scolarite") else { return [] }
        let (account, sector) = (account.id, client.sector)
        let missing = try await desk.store.read { reader in
            let owners = try reader.children(of: account, at: now).map {
                SubjectOwner.child($0.child.id)
            }
            let known = try reader.subjects(of: owners, sector: sector)
            return owners.filter { known[$0] == nil }
        }
        return missing.map { candidate($0, desk) }
    }

    /// Random, not derived: nothing ties the values of two sectors together (D8).
    private func candidate(_ owner: SubjectOwner, _ desk: Desk) -> SubjectIdentifier {
        SubjectIdentifier(
            owner: owner, sector: client.sector,
            value: Base64URL.encode(desk.environment.random(32)))
    }
}

extension SessionUse {
    /// The session that the authorization belongs to.
    var id: Session.ID {
        switch self {
        case .existing(let id, _): id
        case .renewed(let session), .opened(let session, _): session.id
        }
    }
}
