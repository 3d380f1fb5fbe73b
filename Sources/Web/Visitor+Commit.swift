import FoundationEssentials
import Flow
import Hummingbird
import HTTPTypes
import Serving
import Store

extension Visitor {
    /// What became of a form's changes.
    public enum Committed: Sendable {
        case saved
        /// It was done too often; nothing was written.
        case limited(until: Date)
        /// The session is over, or the account is no longer as the form was decided on; nothing was
        /// written. The page itself shows what is there now, or asks to sign in.
        case moved
    }

    /// Writes what a form of theirs changes, all of it or nothing, in one transaction with the limits
    /// that it must keep; only while this very session lives (SR-65).
    public func commit(
        _ changes: [Change], within rules: [AttemptRule] = []
    ) async throws -> Committed {
        let (session, account, now) = (session.id, account, now)
        let usedUp = AuditEvent(
            id: desk.makeID(at: now), at: now, kind: .triesUsedUp, account: account.id,
            network: network, detail: page.rawValue)
        do {
            return try await desk.store.write { writer in
                let isLive = try writer.isLive(
                    session, of: account.id, epoch: account.epoch, at: now)
                guard isLive else { return .moved }
                if case .refused(let until) = try writer.reserve(rules, at: now) {
                    try writer.appendOnceAMinute(usedUp)
                    return .limited(until: until)
                }
                try writer.apply(changes, at: now)
                return .saved
            }
        } catch StoreError.conflict {
            return .moved
        }
    }

    /// The page as it is now.
    public var again: Response { Redirect.seeOther(desk.url(page.path)) }
}
