import FoundationEssentials

private enum Statements {
    static let byID = SQLStatement("SELECT \(Account.columns) FROM accounts a WHERE a.id = $1")
    static let byIdentifier = SQLStatement(
        "SELECT \(Account.columns) FROM accounts a WHERE a.identifier = $1")
    static let count = SQLStatement("SELECT count(*) FROM accounts")
    static let insert = SQLStatement(
        """
        INSERT INTO accounts (id, identifier, state, origin, password_hash, password_changed_at,
            provisional_hash, provisional_sealed, provisional_at, email, pending_email, epoch,
            revision, distribution_date, last_access_at, previous_access_at, merged_into,
            closed_at, must_change_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21)
        ON CONFLICT (identifier) DO NOTHING
        """)
    static let rehash = SQLStatement(
        """
        UPDATE accounts SET password_hash = $3, updated_at = $4
        WHERE id = $1 AND password_hash = $2
        """)
    static let touch = SQLStatement(
        "UPDATE accounts SET previous_access_at = last_access_at, last_access_at = $2 WHERE id = $1"
    )
}

extension Account {
    static let columns = """
        a.id, a.identifier, a.state, a.origin, a.password_hash, a.password_changed_at, \
        a.provisional_hash, a.provisional_sealed, a.provisional_at, a.email, a.pending_email, \
        a.epoch, a.revision, a.distribution_date, a.last_access_at, a.previous_access_at, \
        a.merged_into, a.closed_at, a.must_change_at, a.created_at, a.updated_at
        """

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), identifier: try row.text(), state: try row.word(),
            origin: try row.word(),
            passwordHash: try row.optionalText(), passwordChangedAt: try row.optionalTime(),
            provisionalPasswordHash: try row.optionalText(),
            provisionalPasswordSealed: try row.optionalBytes(),
            provisionalPasswordAt: try row.optionalTime(), email: try row.optionalText(),
            pendingEmail: try row.optionalText(), epoch: try row.integer(),
            revision: try row.integer(),
            distributionDate: try row.optionalTime(), lastAccessAt: try row.optionalTime(),
            previousAccessAt: try row.optionalTime(), mergedInto: try row.optionalID(),
            closedAt: try row.optionalTime(), mustChangeSince: try row.optionalTime(),
            createdAt: try row.time(), updatedAt: try row.time())
    }
}

extension StoreReading {
    public func account(_ id: Account.ID) throws -> Account? {
        try connection.first(Statements.byID, [.id(id)]) { try Account(&$0) }
    }

    /// The identifier as it is stored: trimmed and in lower case.
    public func account(identifier: String) throws -> Account? {
        try connection.first(Statements.byIdentifier, [.text(identifier)]) { try Account(&$0) }
    }

    public func accountCount() throws -> Int {
        Int(try connection.first(Statements.count, []) { try $0.integer() } ?? 0)
    }
}

extension StoreWriter {
    /// False when the identifier is taken already; then nothing is written.
    @discardableResult
    public func insert(_ account: Account) throws -> Bool {
        try connection.changesOne(
            Statements.insert,
            [
                .id(account.id), .text(account.identifier), .text(account.state.rawValue),
                .text(account.origin.rawValue), .text(account.passwordHash),
                .time(account.passwordChangedAt),
                .text(account.provisionalPasswordHash), .bytes(account.provisionalPasswordSealed),
                .time(account.provisionalPasswordAt), .text(account.email),
                .text(account.pendingEmail),
                .integer(account.epoch), .integer(account.revision),
                .time(account.distributionDate),
                .time(account.lastAccessAt), .time(account.previousAccessAt),
                .id(account.mergedInto),
                .time(account.closedAt), .time(account.mustChangeSince),
                .time(account.createdAt), .time(account.updatedAt),
            ])
    }

    /// The same password under a newer hash: no session ends. False when the account's hash is no
    /// longer `old`.
    @discardableResult
    public func rehashPassword(
        _ account: Account.ID, from old: String, to new: String, at now: Date
    ) throws -> Bool {
        try connection.changesOne(
            Statements.rehash, [.id(account), .text(old), .text(new), .time(now)])
    }

    /// Notes an access; the one before stays known.
    public func touchAccess(_ account: Account.ID, at now: Date) throws {
        _ = try connection.change(Statements.touch, [.id(account), .time(now)])
    }
}
