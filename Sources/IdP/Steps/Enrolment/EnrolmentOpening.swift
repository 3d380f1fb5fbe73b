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
    /// In the order in which they are to be written.
    let changes: [Change]

    /// Nil where the account's state does not admit it.
    init?(
        _ event: AccountEvent, of kept: Account, absorbing others: [Account],
        _ interaction: Interaction, _ context: StepContext
    ) {
        let now = context.now
        guard let change = try? AccountChange(event, of: kept, context.desk.policy, at: now) else {
            return nil
        }
        // The merges name the revision that stands before the main account changes.
        let merges = others.flatMap { other in
            [
                Change.absorb(
                    AccountMerge(
                        id: context.desk.makeID(at: now), main: kept.id,
                        mainRevision: kept.revision, absorbed: other.id,
                        absorbedRevision: other.revision)),
                context.audit(.merged, kept, "absorbed " + other.identifier),
            ]
        }
        account = change.account
        // No mail about the browser: the one about the opening says as much.
        changes =
            merges + change.changes + [context.knowing(change.account, interaction)]
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
    var guardian: Guardian? { candidates.map(\.guardian).latest }
}
