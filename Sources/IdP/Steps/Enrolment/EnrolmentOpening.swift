import FoundationEssentials
import Flow
import Store
import Tokens
import Web

/// What the end of journey A or B makes of an account: active, alone, and nobody else's any more.
/// Sessions, a letter's password, links that wait and whatever else somebody may have prepared there
/// before are gone (security history 2.27).
struct EnrolmentOpening: Sendable {
    /// As it is from then on.
    let account: Account
    let proved: ProvedAccount
    /// In the order in which they are to be written.
    let changes: [Change]

    /// Nil where the account's state does not admit it.
    init?(
        _ event: AccountEvent, of kept: Account, absorbing others: [Account], _ context: StepContext
    ) {
        let policy = context.desk.policy
        guard
            case .becomes(let next, let sessions, let mailLinks) = event.applying(
                to: kept, at: context.now, policy)
        else { return nil }
        let ends: SessionEndReason? =
            switch sessions {
            case .none: nil
            case .all(let reason), .others(let reason): reason
            }
        // The merges name the revision that stands before the main account changes.
        var changes = others.flatMap { other in
            [
                Change.absorb(
                    AccountMerge(
                        id: context.desk.makeID(at: context.now), main: kept.id,
                        mainRevision: kept.revision, absorbed: other.id,
                        absorbedRevision: other.revision)),
                context.audit("merged", kept.id, "absorbed " + other.identifier),
            ]
        }
        changes.append(.replaceAccount(next, expectedRevision: kept.revision, ends: ends))
        if mailLinks != .none { changes.append(.voidMailTokens(kept.id)) }
        account = next
        proved = ProvedAccount(id: kept.id, epoch: kept.epoch + (ends == nil ? 0 : 1))
        self.changes = changes
    }

    /// The browser that signed in is told from a stranger's from then on (SR-45).
    func knownBrowser(_ interaction: Interaction, _ context: StepContext) -> Change {
        let key = AttemptLimit.browserKey(
            identifier: account.identifier, browser: interaction.browser)
        let memory = context.desk.policy.passwordAttempts.browserMemory
        return .knowBrowser(KnownBrowser(key: key, expiresAt: context.now + memory))
    }
}

extension StoreReading {
    /// The records that an enrolment is about, and their children, as they are now.
    func enrolment(_ guardians: [Guardian.ID], at now: Date) throws -> EnrolmentFamily {
        EnrolmentFamily(
            candidates: try enrolmentCandidates(guardians, at: now),
            children: try children(of: guardians, at: now))
    }
}

/// One person of the directory, perhaps under several records, and the children of all.
struct EnrolmentFamily: Sendable {
    let candidates: [EnrolmentCandidate]
    /// Eldest first.
    let children: [ChildView]

    var accounts: [Account] { candidates.map(\.account) }

    /// As the directory wrote it last.
    var guardian: Guardian? {
        candidates.map(\.guardian).max { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
    }
}
