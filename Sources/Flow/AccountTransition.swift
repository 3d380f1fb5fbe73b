import Store

/// What an event makes of an account. `epoch`, `revision` and `updatedAt` are the store's to count.
public enum AccountTransition: Sendable, Equatable {
    /// Where the account stands then. With a reason its sessions end, and what is bound to them; the
    /// one that asked is issued anew (security.md 4.15). A new epoch voids mail links too; so they are
    /// void here wherever sessions end.
    case becomes(Account, ends: SessionEndReason?, voidsMailLinks: Bool)
    case refused(Refusal)

    public enum Refusal: Sendable, Equatable, CaseIterable {
        case closed
        case alreadyActive
        /// A « Non notifié » account has no password to reset.
        case neverNotified
        /// The provisional password is out of date (T5).
        case outOfDate
        /// The link is of another address than the one that waits.
        case otherAddress
        /// The days in which a regroupement can be undone have passed.
        case tooLate
        /// Nothing else would open the account.
        case noOwnPassword
        case notInThisState
    }
}
