import FoundationEssentials

/// A regroupement: one account absorbs another (J-§2.10, T15).
///
/// Both accounts are named with the revision that the decision was made on. It doesn't change the
/// main account's row: several may be absorbed under one revision, before a change of the main
/// account in the same transaction, not after it.
public struct AccountMerge: Sendable, Equatable {
    public typealias ID = RowID<AccountMerge>

    public let id: ID
    public var main: Account.ID
    public var mainRevision: Int64
    public var absorbed: Account.ID
    public var absorbedRevision: Int64

    public init(
        id: ID, main: Account.ID, mainRevision: Int64, absorbed: Account.ID,
        absorbedRevision: Int64
    ) {
        self.id = id
        self.main = main
        self.mainRevision = mainRevision
        self.absorbed = absorbed
        self.absorbedRevision = absorbedRevision
    }
}

/// What a regroupement did: all that its undoing needs (T16).
public struct AccountMergeRecord: Sendable, Equatable {
    public let id: AccountMerge.ID
    public var main: Account.ID
    public var absorbed: Account.ID
    /// The absorbed account's, before.
    public var state: AccountState
    public var doneAt: Date
    /// The directory records that moved.
    public var guardians: [Guardian.ID]
    /// The upstream identities that moved.
    public var links: [Identity]

    /// The pair that names a person at another provider.
    public struct Identity: Sendable, Hashable {
        public var issuer: String
        public var subject: String

        public init(issuer: String, subject: String) {
            self.issuer = issuer
            self.subject = subject
        }
    }

    public init(
        id: AccountMerge.ID, main: Account.ID, absorbed: Account.ID, state: AccountState,
        doneAt: Date, guardians: [Guardian.ID], links: [Identity]
    ) {
        self.id = id
        self.main = main
        self.absorbed = absorbed
        self.state = state
        self.doneAt = doneAt
        self.guardians = guardians
        self.links = links
    }
}
