import FoundationEssentials
import Flow
import Serving
import Store
import Tokens

extension Visitor {
    /// A session that goes on after a change that ends all of the account's: its row, and the cookie that
    /// its browser holds from now on.
    public struct SessionGoingOn: Sendable {
        public let row: Session
        /// The value of a `Set-Cookie` field.
        public let cookie: String
    }

    /// This session in the account's new epoch: the same sign-in, with its time and its end, under
    /// another id and another secret, so that a cookie taken before is void (security.md 4.15; SR-56).
    ///
    /// - Parameter account: as the change makes it.
    public func session(goingOnIn account: Account) -> SessionGoingOn? {
        let token = desk.makeToken(.session, at: now)
        guard let id = Session.ID(bytes: token.selector) else { return nil }
        var row = Session(
            id: id, secretHash: token.hash, account: account.id, accountEpoch: account.epoch,
            facts: session.facts, acr: session.acr, amr: session.amr, authTime: session.authTime,
            browserHash: session.browserHash, openedAt: session.openedAt, lastUsedAt: now,
            idleSeconds: session.idleSeconds, expiresAt: session.expiresAt, device: session.device)
        row.upstream = UpstreamSession(of: session, desk)?.sealed(for: id, desk)
        return SessionGoingOn(
            row: row, cookie: desk.cookies.setCookie(desk.cookies.session, token.text))
    }
}
