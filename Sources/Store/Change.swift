import FoundationEssentials

/// What a transition changes besides its interaction: a closed list of ids, hashes and sealed
/// bytes.
///
/// The store writes each in the transaction of the interaction (security.md SR-65).
public enum Change: Sendable {
    /// Comes first: nothing of the rest is written unless this session of the account still lives, in
    /// this epoch.
    case whileLive(Session.ID, of: Account.ID, epoch: Int64)
    /// The same password under a newer hash; ends nothing.
    case rehashPassword(Account.ID, from: String, to: String)
    /// Where the account stands now (T6–T14); with a reason its sessions and grants end.
    case replaceAccount(Account, expectedRevision: Int64, ends: SessionEndReason?)
    /// Comes before a change of the main account: it names the revision that stands.
    case absorb(AccountMerge)
    case link(UpstreamLink)
    case touchLink(issuer: String, subject: String)
    /// A link of this account alone.
    case unlink(issuer: String, subject: String, account: Account.ID)
    /// Voids the older one of the same purpose and subject.
    case issueChallenge(SMSChallenge)
    case spendChallenge(SMSChallenge.ID)
    /// Voids the older one of the same purpose and account.
    case issueMailToken(MailToken)
    case spendMailToken(MailToken.ID)
    case voidMailTokens(Account.ID)
    case clearAttempts([AttemptKey])
    /// Takes back one counted attempt of each key.
    case giveBackAttempts([AttemptKey])
    case knowBrowser(KnownBrowser)
    case enqueue(OutboxRecord)
    case audit(AuditEvent)
    case consent(Consent)
    /// Ends what was issued to the client too.
    case withdrawConsent(Account.ID, client: String)
    /// Nothing of the rest is written where that is no open session of this account's.
    case endSessionOf(Account.ID, Session.ID, SessionEndReason)
    /// Nothing of the rest is written where there is no other.
    case endOtherSessions(Account.ID, except: Session.ID, SessionEndReason)
    /// Comes after a change that ended all: the session that asked for it, in the new epoch and under
    /// a new identifier (security.md 4.15).
    case openSession(Session)
}
