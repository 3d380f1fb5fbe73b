import Flow
import FoundationEssentials
import Store

/// Undoes a regroupement within the policy's days, for the help desk (T16; J §8.2 no. 20): records,
/// identities and own password return to the absorbed account; both lose their sessions; both
/// addresses are told.
public struct RegroupingUndo: Sendable {
    private let desk: Desk

    public init(desk: Desk) { self.desk = desk }

    public enum Refusal: Error, Sendable, Equatable {
        /// No such account, or it is not closed by a regroupement.
        case notAbsorbed
        case tooLate
        /// The main account was absorbed itself, or lost a record meanwhile: that comes first.
        case movedOn
    }

    /// - Parameters:
    ///   - identifier: of the absorbed account, as it is stored.
    ///   - actor: who does it, for the audit.
    public func undo(_ identifier: String, by actor: String) async throws {
        let (desk, now) = (desk, desk.now)
        let ids: [AuditEvent.ID] = [desk.makeID(at: now), desk.makeID(at: now)]
        do {
            try await desk.store.write { writer in
                guard let absorbed = try writer.account(identifier: identifier),
                    let record = try writer.mergeRecord(ofAbsorbed: absorbed.id),
                    let main = try writer.account(record.main)
                else { throw Refusal.notAbsorbed }
                guard
                    case .becomes(let restored, _, _) = AccountEvent.restored(record.state)
                        .applying(to: absorbed, at: now, desk.policy)
                else { throw Refusal.tooLate }
                try writer.separate(
                    record, restored: restored, mainRevision: main.revision, at: now)
                let noted = zip(ids, [main, absorbed]).map { id, account in
                    AuditEvent(
                        id: id, at: now, kind: .separated, account: account.id, actor: actor,
                        detail: identifier)
                }
                let mails = AccountMails(desk: desk).separated(main, restored, at: now)
                try writer.apply(noted.map(Change.audit) + mails, at: now)
            }
        } catch StoreError.conflict {
            throw Refusal.movedOn
        }
    }
}
