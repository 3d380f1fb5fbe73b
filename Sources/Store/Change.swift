import FoundationEssentials

/// What a transition changes besides its interaction: a closed list of ids, hashes and sealed
/// bytes.
///
/// The store writes each in the transaction of the interaction (security.md SR-65).
public enum Change: Sendable {
    /// A new own password; ends every session and grant of the account (its epoch grows).
    case setPassword(Account.ID, hash: String, expectedRevision: Int64)
    /// The same password under a newer hash; ends nothing.
    case rehashPassword(Account.ID, from: String, to: String)
    case touchAccess(Account.ID)
    case clearAttempts([AttemptKey])
    /// Takes back one counted attempt of each key.
    case giveBackAttempts([AttemptKey])
    case knowBrowser(KnownBrowser)
    case enqueue(OutboxRecord)
    case audit(AuditEvent)
    case consent(Consent)
    case endSession(Session.ID, SessionEndReason)
    /// Ends every session of the account, and what is bound to none of them too.
    case endAll(Account.ID, SessionEndReason)
}
