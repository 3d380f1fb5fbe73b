import FoundationEssentials

/// Where an account stands between the directory and its first use (journeys.md §2.2).
public enum AccountState: String, Sendable, CaseIterable {
    case notNotified, notifiedNotActivated, activating, active, closed
}

/// The journey that an account comes from (journeys.md §2.3).
public enum AccountOrigin: String, Sendable, CaseIterable {
    case school, guardian, franceConnect, ent, aten, unset
}

/// Credentials of a guardian: what signs in. The person is `Guardian` (journeys.md §2.1).
public struct Account: Sendable, Equatable {
    public typealias ID = RowID<Account>

    public let id: ID
    /// Given by the system, unique, lower case, never used again.
    public var identifier: String
    public var state: AccountState
    public var origin: AccountOrigin
    /// The PHC string of the own password. While there is one, the provisional password is out of
    /// date.
    public var passwordHash: String?
    public var passwordChangedAt: Date?
    /// Stays when the readable copy is erased, so that "out of date" can be told from "wrong".
    public var provisionalPasswordHash: String?
    /// The readable copy for the director, sealed; erased at activation and at expiry.
    public var provisionalPasswordSealed: [UInt8]?
    public var provisionalPasswordAt: Date?
    /// A confirmed address or none.
    public var email: String?
    public var pendingEmail: String?
    /// Every grant and session remembers the epoch it was made in; a change voids them all at once
    /// (security.md 2.18).
    public var epoch: Int64
    /// Counts the changes that a decision can depend on; a change names the revision it was decided
    /// on.
    public var revision: Int64
    public var distributionDate: Date?
    /// The national « must change » flag: the next sign-in by password asks for a new one. Cleared by
    /// a new password.
    public var mustChangeSince: Date?
    public var lastAccessAt: Date?
    /// The access before the last one, which the portal shows.
    public var previousAccessAt: Date?
    public var mergedInto: ID?
    /// Set if and only if `state` is `.closed`.
    public var closedAt: Date?
    public var createdAt: Date
    public var updatedAt: Date

    public init(
        id: ID, identifier: String, state: AccountState = .notNotified,
        origin: AccountOrigin = .unset,
        passwordHash: String? = nil, passwordChangedAt: Date? = nil,
        provisionalPasswordHash: String? = nil,
        provisionalPasswordSealed: [UInt8]? = nil, provisionalPasswordAt: Date? = nil,
        email: String? = nil,
        pendingEmail: String? = nil, epoch: Int64 = 1, revision: Int64 = 1,
        distributionDate: Date? = nil,
        lastAccessAt: Date? = nil, previousAccessAt: Date? = nil, mergedInto: ID? = nil,
        closedAt: Date? = nil,
        mustChangeSince: Date? = nil, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.identifier = identifier
        self.state = state
        self.origin = origin
        self.passwordHash = passwordHash
        self.passwordChangedAt = passwordChangedAt
        self.provisionalPasswordHash = provisionalPasswordHash
        self.provisionalPasswordSealed = provisionalPasswordSealed
        self.provisionalPasswordAt = provisionalPasswordAt
        self.email = email
        self.pendingEmail = pendingEmail
        self.epoch = epoch
        self.revision = revision
        self.distributionDate = distributionDate
        self.mustChangeSince = mustChangeSince
        self.lastAccessAt = lastAccessAt
        self.previousAccessAt = previousAccessAt
        self.mergedInto = mergedInto
        self.closedAt = closedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
