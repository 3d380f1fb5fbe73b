import FoundationEssentials

extension StoreWriter {
    /// Opens or uses the session, writes grant and code, ends the interaction: one transaction
    /// (design §5.6).
    public func complete(_ completion: Completion, at now: Date) throws -> CompletionResult {
        guard let account = completion.grant.account else {
            throw StoreError.invalid(detail: "an authorization without an account")
        }
        let result = try enter(
            completion.session, ending: completion.interaction, as: account,
            epoch: completion.grant.accountEpoch, at: now)
        switch result {
        case .completed: break
        case .interactionMoved: return .interactionMoved
        case .sessionEnded: return .sessionEnded
        case .accountChanged: return .accountChanged
        }
        let session = completion.session.id
        var grant = completion.grant
        let sid = try ensureSID(completion.sid, of: session, client: grant.client)
        switch completion.subject {
        case .known(let value): grant.subject = value
        case .candidate(let subject): grant.subject = try ensure(subject)
        }
        for child in completion.childSubjects { _ = try ensure(child) }
        if grant.session != nil {
            grant.session = session
            grant.sid = sid
        }
        try insert(grant)
        try insert(completion.code)
        if completion.touchesAccess { try touchAccess(account, at: now) }
        try apply(completion.changes, at: now)
        return .completed(grant, sid: sid)
    }
}
