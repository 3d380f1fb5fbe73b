import FoundationEssentials
import Flow
import Serving
import Store
import Tokens
import Web

/// What becomes of the browser's session when an interaction ends.
struct SessionPlan: Sendable {
    let use: SessionUse
    let expiresAt: Date
    /// The new cookie; nil where the session that was there goes on unchanged.
    let token: OpaqueToken?
}

extension Desk {
    /// - A person who only consented keeps the session that brought them.
    /// - The same person signing in again keeps the session, under a new secret (SR-56: a new
    ///   identifier at each authentication), for its whole time anew, and with all its teleservices.
    /// - Another person, or nobody before: a new session; the one that was there ends.
    ///
    /// Nil when the session that brought the facts is no longer live.
    ///
    /// - Parameter device: what a session that is opened or renewed is known by from now on.
    func sessionPlan(
        _ interaction: Interaction, _ account: ProvedAccount, _ summary: AuthenticationSummary,
        live: LiveSession?, device: String?, at now: Date
    ) -> SessionPlan? {
        if let expected = interaction.session {
            guard let session = live?.session, session.id == expected else { return nil }
            let hasMore = Fact.keptBySession(interaction.facts) != session.facts
            if hasMore || interaction.facts.haveLinked {
                return steppedUp(
                    session, interaction, account, summary, device: device, at: now)
            }
            return SessionPlan(
                use: .existing(session.id, touching: true), expiresAt: session.expiresAt, token: nil
            )
        }
        let fresh = makeToken(.session, at: now)
        if let session = live?.session, session.account == account.id,
            let token = OpaqueToken(
                kind: .session, selector: session.id.bytes, verifier: fresh.verifier)
        {
            let renewed = makeSession(
                token, session.id, interaction, account, summary, device: device,
                openedAt: session.openedAt, now)
            return SessionPlan(use: .renewed(renewed), expiresAt: renewed.expiresAt, token: token)
        }
        guard let id = Session.ID(bytes: fresh.selector) else { return nil }
        let opened = makeSession(
            fresh, id, interaction, account, summary, device: device, openedAt: now, now)
        return SessionPlan(
            use: .opened(opened, ending: live?.session.id), expiresAt: opened.expiresAt,
            token: fresh)
    }

    /// The same session, with what was proved since: under a new secret (SR-56), and no longer than it
    /// was to live.
    private func steppedUp(
        _ session: Session, _ interaction: Interaction, _ account: ProvedAccount,
        _ summary: AuthenticationSummary, device: String?, at now: Date
    ) -> SessionPlan? {
        let fresh = makeToken(.session, at: now)
        guard
            let token = OpaqueToken(
                kind: .session, selector: session.id.bytes, verifier: fresh.verifier)
        else { return nil }
        var renewed = makeSession(
            token, session.id, interaction, account, summary, device: device,
            openedAt: session.openedAt, now)
        renewed.expiresAt = session.expiresAt
        renewed.upstream = renewed.upstream ?? session.upstream
        return SessionPlan(use: .renewed(renewed), expiresAt: session.expiresAt, token: token)
    }

    private func makeSession(
        _ token: OpaqueToken, _ id: Session.ID, _ interaction: Interaction,
        _ account: ProvedAccount, _ summary: AuthenticationSummary, device: String?,
        openedAt: Date, _ now: Date
    ) -> Session {
        let limits = policy.session
        var session = Session(
            id: id, secretHash: token.hash, account: account.id, accountEpoch: account.epoch,
            facts: Fact.keptBySession(interaction.facts), acr: summary.context.rawValue,
            amr: summary.methods.joined(separator: " "), authTime: summary.time,
            browserHash: interaction.browser.bytes, openedAt: openedAt, lastUsedAt: now,
            idleSeconds: limits.idle.wholeSeconds, expiresAt: now + limits.absolute,
            device: device)
        session.upstream = UpstreamSession(interaction)?.sealed(for: id, self)
        return session
    }
}

extension [Fact] {
    /// The scopes agreed to last.
    var lastConsent: Scope? {
        for case .decided(.consented(let scope), _) in reversed() { return scope }
        return nil
    }
}
