import FoundationEssentials

/// Why a session ended.
public enum SessionEndReason: String, Sendable, CaseIterable {
    case signedOut, replaced, expired, passwordChanged, accountClosed, endedByUser, endedByStaff
}

/// A signed-in browser. Ends `idle` after its last use, and at the latest at `expiresAt`.
public struct Session: Sendable, Equatable {
    /// The selector of its cookie (design D22).
    public typealias ID = RowID<Session>

    public let id: ID
    public var secretHash: [UInt8]
    public var account: Account.ID
    /// The account's epoch at the sign-in.
    public var accountEpoch: Int64
    /// What was proved, opaque: Flow writes and reads it.
    public var facts: [UInt8]
    public var acr: String
    /// Space-separated.
    public var amr: String
    public var authTime: Date
    public var browserHash: [UInt8]
    public var openedAt: Date
    public var lastUsedAt: Date
    /// Whole seconds.
    public var idleSeconds: Int64
    public var expiresAt: Date
    public var endedAt: Date?
    public var endReason: SessionEndReason?
    /// What the sign-out at the provider that signed this person in needs, sealed by the caller.
    public var upstream: [UInt8]?
    /// What the person who looks at their sessions knows this one by, such as « Firefox, Android ».
    public var device: String?

    public init(
        id: ID, secretHash: [UInt8], account: Account.ID, accountEpoch: Int64, facts: [UInt8],
        acr: String,
        amr: String, authTime: Date, browserHash: [UInt8], openedAt: Date, lastUsedAt: Date,
        idleSeconds: Int64,
        expiresAt: Date, endedAt: Date? = nil, endReason: SessionEndReason? = nil,
        upstream: [UInt8]? = nil, device: String? = nil
    ) {
        self.id = id
        self.secretHash = secretHash
        self.account = account
        self.accountEpoch = accountEpoch
        self.facts = facts
        self.acr = acr
        self.amr = amr
        self.authTime = authTime
        self.browserHash = browserHash
        self.openedAt = openedAt
        self.lastUsedAt = lastUsedAt
        self.idleSeconds = idleSeconds
        self.expiresAt = expiresAt
        self.endedAt = endedAt
        self.endReason = endReason
        self.upstream = upstream
        self.device = device
    }
}

/// A session that is neither ended nor expired, of an account that is open and still in the
/// session's epoch.
public struct LiveSession: Sendable, Equatable {
    public var session: Session
    public var account: Account

    public init(session: Session, account: Account) {
        self.session = session
        self.account = account
    }
}

/// A live session as the account's page shows it.
public struct SessionOverview: Sendable, Equatable {
    public var session: Session
    /// The ids of the clients that it signed in to, in their order.
    public var clients: [String]

    public init(session: Session, clients: [String]) {
        self.session = session
        self.clients = clients
    }
}

/// A client that a session signed in to, and the `sid` it was given.
public struct SessionClient: Sendable, Equatable {
    public var session: Session.ID
    public var client: String
    /// Random, one for each (session, client): it tells two clients nothing about each other.
    public var sid: String

    public init(session: Session.ID, client: String, sid: String) {
        self.session = session
        self.client = client
        self.sid = sid
    }
}
