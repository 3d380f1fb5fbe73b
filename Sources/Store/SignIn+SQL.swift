import FoundationEssentials

private enum Statements {
    static let accountStands = SQLStatement(
        "SELECT 1 FROM accounts WHERE id = $1 AND epoch = $2 AND closed_at IS NULL")
}

extension StoreWriter {
    /// Opens or uses the session and ends the interaction, with the changes: one transaction
    /// (SR-65). Throws `.conflict` if a change was decided on what is no longer so.
    public func signIn(_ completion: SignInCompletion, at now: Date) throws -> SignInResult {
        let result = try enter(
            completion.session, ending: completion.interaction, as: completion.account,
            epoch: completion.epoch, at: now)
        guard result == .completed else { return result }
        if completion.touchesAccess { try touchAccess(completion.account, at: now) }
        try apply(completion.changes, at: now)
        return .completed
    }

    /// What every end of an interaction begins with: the interaction ends, the session is used,
    /// renewed or opened for this account in this epoch.
    func enter(
        _ session: SessionUse, ending interaction: InteractionEnd, as account: Account.ID,
        epoch: Int64, at now: Date
    ) throws -> SignInResult {
        // What can refuse comes first. Its one write, the end of the interaction, is its last look:
        // a refusal has written nothing.
        if let refusal = try refusal(session, account: account, epoch: epoch, at: now) {
            return refusal
        }
        guard try ends(interaction, at: now) else { return .interactionMoved }
        try use(session, at: now)
        return .completed
    }

    private func refusal(
        _ session: SessionUse, account: Account.ID, epoch: Int64, at now: Date
    ) throws -> SignInResult? {
        switch session {
        case .existing, .renewed:
            let isLive = try isLive(session.id, of: account, epoch: epoch, at: now)
            return isLive ? nil : .sessionEnded
        case .opened(let session, _):
            guard session.account == account, session.accountEpoch == epoch else {
                return .accountChanged
            }
            let stands = try connection.first(
                Statements.accountStands, [.id(account), .integer(epoch)]
            ) { _ in true }
            return stands == nil ? .accountChanged : nil
        }
    }

    /// Whether the interaction was there to be ended.
    private func ends(_ interaction: InteractionEnd, at now: Date) throws -> Bool {
        switch interaction {
        case .none: return true
        case .stored(let id, let revision): return try finishes(id, revision: revision, at: now)
        case .sealed(var record):
            record.state = []
            record.doneAt = now
            return try inserts(record)
        }
    }

    private func use(_ session: SessionUse, at now: Date) throws {
        switch session {
        case .existing(let id, let touching): if touching { try touch(id, at: now) }
        case .renewed(let session): try renew(session)
        case .opened(let session, let ending):
            if let ending { try end(ending, .replaced, at: now) }
            try open(session)
        }
    }
}
