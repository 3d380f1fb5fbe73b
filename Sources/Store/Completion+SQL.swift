import FoundationEssentials

private enum Statements {
    static let accountStands = SQLStatement(
        "SELECT 1 FROM accounts WHERE id = $1 AND epoch = $2 AND closed_at IS NULL")
}

extension StoreWriter {
    /// Opens or uses the session, writes grant and code, ends the interaction: one transaction
    /// (design §5.6).
    public func complete(_ completion: Completion, at now: Date) throws -> CompletionResult {
        guard let account = completion.grant.account else {
            throw StoreError.invalid(detail: "an authorization without an account")
        }
        // What can refuse comes first. Its one write, the end of the interaction, is its last look:
        // a refusal has written nothing.
        if let refusal = try refusal(completion, account: account, at: now) { return refusal }
        let session = try use(completion.session, at: now)
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

    private func refusal(
        _ completion: Completion, account: Account.ID, at now: Date
    ) throws -> CompletionResult? {
        let epoch = completion.grant.accountEpoch
        switch completion.session {
        case .existing(let session, _):
            guard try isLive(session, of: account, epoch: epoch, at: now) else {
                return .sessionEnded
            }
        case .renewed(let session):
            guard try isLive(session.id, of: account, epoch: epoch, at: now) else {
                return .sessionEnded
            }
        case .opened(let session, _):
            guard session.account == account, session.accountEpoch == epoch else {
                return .accountChanged
            }
            let stands = try connection.first(
                Statements.accountStands, [.id(account), .integer(epoch)]
            ) { _ in true }
            guard stands != nil else { return .accountChanged }
        }
        switch completion.interaction {
        case .none: return nil
        case .stored(let id, let revision):
            return try finishes(id, revision: revision, at: now) ? nil : .interactionMoved
        case .sealed(var record):
            record.state = []
            record.doneAt = now
            return try inserts(record) ? nil : .interactionMoved
        }
    }

    private func use(_ session: SessionUse, at now: Date) throws -> Session.ID {
        switch session {
        case .existing(let id, let touching):
            if touching { try touch(id, at: now) }
            return id
        case .renewed(let session):
            try renew(session)
            return session.id
        case .opened(let session, let ending):
            if let ending { try end(ending, .replaced, at: now) }
            try open(session)
            return session.id
        }
    }
}
