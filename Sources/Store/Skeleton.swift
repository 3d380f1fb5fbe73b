import FoundationEssentials

// Signatures only, for this one commit.

public protocol StoreReading {
    var reader: StoreReader { get }
}

public struct StoreReader: StoreReading {
    public var reader: StoreReader { self }
}

public struct StoreWriter: StoreReading {
    public let reader: StoreReader
}

private func pending() -> StoreError { .unavailable(detail: "not written yet") }

public struct PendingMigration: Sendable, Equatable {
    public let number: Int
    public let name: String
}

public final class IdentityStore: Sendable {
    public init(sqlite: SQLiteOptions) throws { throw pending() }
    public init(postgreSQL: PostgreSQLOptions) throws { throw pending() }
    public func read<T: Sendable>(_ body: @escaping @Sendable (StoreReader) throws -> T) async throws -> T { throw pending() }
    public func write<T: Sendable>(_ body: @escaping @Sendable (StoreWriter) throws -> T) async throws -> T { throw pending() }
    @discardableResult
    public func migrate() async throws -> [PendingMigration] { throw pending() }
    public func pendingMigrations() async throws -> [PendingMigration] { throw pending() }
    public func checkpoint() async throws { throw pending() }
    public func close() async {}
}

extension StoreReading {
    public func account(_ id: Account.ID) throws -> Account? { throw pending() }
    public func account(identifier: String) throws -> Account? { throw pending() }
    public func accountCount() throws -> Int { throw pending() }
    public func guardians(of account: Account.ID) throws -> [Guardian] { throw pending() }
    public func profileDetails(of guardian: Guardian.ID) throws -> ProfileDetails? { throw pending() }
    public func children(of account: Account.ID, at now: Date) throws -> [ChildView] { throw pending() }
    public func school(_ uai: String) throws -> School? { throw pending() }

    public func client(_ id: String) throws -> Client? { throw pending() }
    public func clients(after id: String?, limit: Int) throws -> [Client] { throw pending() }
    public func clientRevision(_ id: String) throws -> ClientRevision? { throw pending() }

    public func interaction(_ id: InteractionRecord.ID) throws -> InteractionRecord? { throw pending() }

    public func session(_ reference: SecretReference, at now: Date) throws -> LiveSession? { throw pending() }
    public func sessions(of account: Account.ID, at now: Date) throws -> [Session] { throw pending() }
    public func sessionClients(of session: Session.ID) throws -> [SessionClient] { throw pending() }
    public func sid(of session: Session.ID, client: String) throws -> String? { throw pending() }

    public func subject(of owner: SubjectOwner, sector: String) throws -> String? { throw pending() }
    public func subjects(of owners: [SubjectOwner], sector: String) throws -> [SubjectOwner: String] { throw pending() }
    public func owner(ofSubject value: String, sector: String) throws -> SubjectOwner? { throw pending() }

    public func consent(of account: Account.ID, client: String) throws -> Consent? { throw pending() }
    public func grant(_ id: Grant.ID, at now: Date) throws -> Grant? { throw pending() }
    public func accessToken(_ reference: SecretReference, at now: Date) throws -> LiveAccessToken? { throw pending() }
    /// For introspection: the present token of a family that is alive.
    public func refreshToken(_ reference: SecretReference, at now: Date) throws -> RefreshedFamily? { throw pending() }

    public func outbox(limit: Int) throws -> [OutboxRecord] { throw pending() }
    public func auditEvents(of account: Account.ID?, before id: AuditEvent.ID?, limit: Int) throws -> [AuditEvent] { throw pending() }
}

extension StoreWriter {
    /// False when the identifier is taken already; then nothing is written.
    @discardableResult
    public func insert(_ account: Account) throws -> Bool { throw pending() }
    /// Throws `.conflict` unless the account is open and has this revision.
    public func setPassword(_ hash: String, for account: Account.ID, expectedRevision: Int64, at now: Date) throws { throw pending() }
    /// False when the account's hash is no longer `old`.
    @discardableResult
    public func rehashPassword(_ account: Account.ID, from old: String, to new: String, at now: Date) throws -> Bool { throw pending() }
    public func touchAccess(_ account: Account.ID, at now: Date) throws { throw pending() }

    /// The id of the row that has this source key: the given one, or that of the record known already.
    @discardableResult
    public func upsert(_ guardian: Guardian) throws -> Guardian.ID { throw pending() }
    public func upsert(_ details: ProfileDetails) throws { throw pending() }
    public func upsert(_ school: School) throws { throw pending() }
    @discardableResult
    public func upsert(_ schoolClass: SchoolClass) throws -> SchoolClass.ID { throw pending() }
    @discardableResult
    public func upsert(_ child: Child) throws -> Child.ID { throw pending() }
    public func upsert(_ link: ChildLink) throws { throw pending() }

    /// Throws `.conflict` when the id is taken.
    public func insert(_ client: Client) throws { throw pending() }
    /// Writes everything but `sector` and `createdAt`; throws `.conflict` unless the row has `client.revision`. Returns the new revision.
    @discardableResult
    public func update(_ client: Client, at now: Date) throws -> Int64 { throw pending() }
    /// False when there is none. Revokes nothing by itself: what a missing client holds is refused at each use by its caller.
    @discardableResult
    public func removeClient(_ id: String) throws -> Bool { throw pending() }
    public func noteSecretUse(client: String, hash: [UInt8], at now: Date) throws { throw pending() }

    /// Throws `.conflict` when the id is taken.
    public func begin(_ record: InteractionRecord) throws { throw pending() }
    /// Writes state and expiry under `record.revision` with the changes, or throws `.conflict` and writes nothing. Returns the record with its new revision.
    @discardableResult
    public func commit(_ record: InteractionRecord, _ changes: [Change], at now: Date) throws -> InteractionRecord { throw pending() }
    /// Empties the interaction and marks it done, with the changes; throws `.conflict` as `commit`.
    public func finish(_ id: InteractionRecord.ID, revision: Int64, _ changes: [Change], at now: Date) throws { throw pending() }
    /// Changes without an interaction.
    public func apply(_ changes: [Change], at now: Date) throws { throw pending() }

    public func open(_ session: Session) throws { throw pending() }
    public func touch(_ session: Session.ID, at now: Date) throws { throw pending() }
    /// False when it had ended already.
    @discardableResult
    public func end(_ session: Session.ID, _ reason: SessionEndReason, at now: Date) throws -> Bool { throw pending() }
    /// Ends every session and grant of the account. Returns how many sessions.
    @discardableResult
    public func endAll(_ account: Account.ID, _ reason: SessionEndReason, at now: Date) throws -> Int { throw pending() }

    /// Writes it unless the owner has one in this sector; returns the one that stands.
    public func ensure(_ subject: SubjectIdentifier) throws -> String { throw pending() }
    public func save(_ consent: Consent) throws { throw pending() }
    @discardableResult
    public func withdrawConsent(of account: Account.ID, client: String, at now: Date) throws -> Bool { throw pending() }

    public func complete(_ completion: Completion, at now: Date) throws -> CompletionResult { throw pending() }
    public func redeem(_ request: CodeRedemptionRequest, at now: Date) throws -> CodeRedemption { throw pending() }
    public func rotate(_ request: RefreshRequest, at now: Date) throws -> RefreshOutcome { throw pending() }
    /// An access token without a grant, for a client that acts for itself.
    public func issueClientToken(_ token: NewAccessToken, client: String, at now: Date) throws { throw pending() }
    public func revokeAccessToken(_ reference: SecretReference, client: String, at now: Date) throws -> Revocation { throw pending() }
    /// Ends the family and its grant, with every access token of it.
    public func revokeRefreshToken(_ reference: SecretReference, client: String, at now: Date) throws -> Revocation { throw pending() }
    public func revoke(_ grant: Grant.ID, at now: Date) throws { throw pending() }

    /// True for exactly one caller; `hash` (32 bytes) covers whatever makes the identifier unique.
    public func claim(_ hash: [UInt8], until expiry: Date) throws -> Bool { throw pending() }
    public func reserve(_ rules: [AttemptRule], at now: Date) throws -> AttemptDecision { throw pending() }
    public func clearAttempts(_ keys: [AttemptKey]) throws { throw pending() }

    /// False when the unique key is there already.
    @discardableResult
    public func enqueue(_ record: OutboxRecord) throws -> Bool { throw pending() }
    public func lease(until: Date, limit: Int, at now: Date) throws -> [OutboxRecord] { throw pending() }
    /// False when the lease was lost meanwhile.
    @discardableResult
    public func delivered(_ record: OutboxRecord, at now: Date) throws -> Bool { throw pending() }
    @discardableResult
    public func retry(_ record: OutboxRecord, notBefore: Date, at now: Date) throws -> Bool { throw pending() }
    public func append(_ event: AuditEvent) throws { throw pending() }

    public func sweep(limit: Int, at now: Date) throws -> SweepReport { throw pending() }
}
