import FoundationEssentials

extension StoreWriter {
    /// Writes each change, in order. Throws `.conflict` if one was decided on what is no longer so.
    public func apply(_ changes: [Change], at now: Date) throws {
        for change in changes { try apply(change, at: now) }
    }

    private func apply(_ change: Change, at now: Date) throws {
        switch change {
        case .whileLive(let session, let account, let epoch):
            guard try isLive(session, of: account, epoch: epoch, at: now) else {
                throw StoreError.conflict(detail: "session \(session) is over")
            }
        case .rehashPassword(let account, let old, let new):
            // Losing to another change of the password is fine: the newer one stands.
            try rehashPassword(account, from: old, to: new, at: now)
        case .replaceAccount(let account, let revision, let reason):
            try replaceAccount(account, expectedRevision: revision, ends: reason, at: now)
        case .absorb(let merge): try absorb(merge, at: now)
        case .link(let link): try self.link(link)
        case .touchLink(let issuer, let subject):
            try touchLink(issuer: issuer, subject: subject, at: now)
        case .unlink(let issuer, let subject, let account):
            try unlink(issuer: issuer, subject: subject, of: account)
        case .issueChallenge(let challenge): try issue(challenge)
        case .spendChallenge(let challenge): try spendChallenge(challenge, at: now)
        case .issueMailToken(let token): try issue(token)
        case .spendMailToken(let token): try spendMailToken(token, at: now)
        case .voidMailTokens(let account): try voidMailTokens(of: account)
        case .clearAttempts(let keys): try clearAttempts(keys)
        case .giveBackAttempts(let keys): try giveBackAttempts(keys)
        case .knowBrowser(let browser): try know(browser)
        case .enqueue(let record): try enqueue(record)
        case .audit(let event): try append(event)
        case .consent(let consent): try save(consent)
        case .withdrawConsent(let account, let client):
            try withdrawConsent(of: account, client: client, at: now)
        case .endSessionOf(let account, let session, let reason):
            guard try end(session, of: account, reason, at: now) else {
                throw StoreError.conflict(detail: "session \(session) is not open")
            }
        case .endOtherSessions(let account, let kept, let reason):
            guard try endSessions(of: account, except: kept, reason, at: now) > 0 else {
                throw StoreError.conflict(detail: "account \(account) has no other session")
            }
        case .openSession(let session): try reopen(session)
        }
    }
}
