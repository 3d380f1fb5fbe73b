import FoundationEssentials

private enum Statements {
    static let columns = """
        id, kind, unique_key, body, client, sid, account_id, created_at, not_before, expires_at, \
        attempts, leased_until, delivered_at
        """
    static let newest = SQLStatement("SELECT \(columns) FROM outbox ORDER BY id DESC LIMIT $1")
    static let insert = SQLStatement(
        """
        INSERT INTO outbox (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            $13)
        ON CONFLICT (unique_key) DO NOTHING
        """)
    /// `$4` and on: the clients passed over.
    static let due = SQLStatement(
        """
        SELECT \(columns) FROM outbox
        WHERE kind = $1 AND delivered_at IS NULL AND not_before <= $2 AND expires_at > $2
            AND (leased_until IS NULL OR leased_until <= $2)
            AND (client IS NULL OR client NOT IN (\(passedOver)))
        ORDER BY not_before LIMIT $3
        """)
    private static let passedOver = (0..<OutboxRecord.passedOverMax).map { "$\($0 + 4)" }
        .joined(separator: ", ")
    /// Every try counts in `attempts`, so a row that another courier has had meanwhile is not taken.
    static let lease = SQLStatement(
        """
        UPDATE outbox SET leased_until = $2
        WHERE id = $1 AND delivered_at IS NULL AND attempts = $4
            AND (leased_until IS NULL OR leased_until <= $3)
        """)
    /// The secret in the body is not needed any more; the row stays for its unique key.
    static let delivered = SQLStatement(
        """
        UPDATE outbox SET delivered_at = $3, leased_until = NULL, attempts = attempts + 1,
            body = $4
        WHERE id = $1 AND leased_until = $2 AND delivered_at IS NULL
        """)
    static let retry = SQLStatement(
        """
        UPDATE outbox SET not_before = $3, leased_until = NULL, attempts = attempts + 1
        WHERE id = $1 AND leased_until = $2 AND delivered_at IS NULL
        """)
    /// Not due before it has expired, which is never; the row stays for its unique key.
    static let end = SQLStatement(
        """
        UPDATE outbox SET not_before = expires_at, leased_until = NULL, attempts = attempts + 1,
            body = $3
        WHERE id = $1 AND leased_until = $2 AND delivered_at IS NULL
        """)
}

extension OutboxRecord {
    /// A client that stays away for a day is not told any more.
    static let logoutLifetime: TimeInterval = 24 * 3600
    /// As many as a courier can be busy with.
    public static let passedOverMax = 16

    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), kind: try row.word(), uniqueKey: try row.text(),
            body: try row.bytes(),
            client: try row.optionalText(), sid: try row.optionalText(),
            account: try row.optionalID(),
            createdAt: try row.time(), notBefore: try row.time(), expiresAt: try row.time(),
            attempts: try row.integer(), leasedUntil: try row.optionalTime(),
            deliveredAt: try row.optionalTime())
    }
}

extension StoreReading {
    /// The newest rows, delivered or not.
    public func outbox(limit: Int) throws -> [OutboxRecord] {
        try connection.all(Statements.newest, [.count(limit)]) { try OutboxRecord(&$0) }
    }

    /// What waits of a kind and no courier has, the longest due first.
    ///
    /// - Parameter passingOver: clients that get nothing now, at most `OutboxRecord.passedOverMax`;
    ///   more are not passed over.
    public func due(
        _ kind: OutboxKind, passingOver clients: [String] = [], limit: Int, at now: Date
    ) throws -> [OutboxRecord] {
        // No client has an empty id.
        let count = OutboxRecord.passedOverMax
        let names = (clients.prefix(count) + Array(repeating: "", count: count)).prefix(count)
        return try connection.all(
            Statements.due,
            [.text(kind.rawValue), .time(now), .count(limit)] + names.map { .text($0) }
        ) { try OutboxRecord(&$0) }
    }
}

extension StoreWriter {
    /// False when the unique key is there already; then nothing is written.
    @discardableResult
    public func enqueue(_ record: OutboxRecord) throws -> Bool {
        try connection.changesOne(
            Statements.insert,
            [
                .id(record.id), .text(record.kind.rawValue), .text(record.uniqueKey),
                .bytes(record.body),
                .text(record.client), .text(record.sid), .id(record.account),
                .time(record.createdAt),
                .time(record.notBefore), .time(record.expiresAt), .integer(record.attempts),
                .time(record.leasedUntil), .time(record.deliveredAt),
            ])
    }

    /// Takes rows that were found due, so that no other courier has them before `until`: those that
    /// none has taken meanwhile.
    public func lease(
        _ due: [OutboxRecord], until: Date, at now: Date
    ) throws -> [OutboxRecord] {
        var leased: [OutboxRecord] = []
        for var record in due
        where try connection.changesOne(
            Statements.lease,
            [.id(record.id), .time(until), .time(now), .integer(record.attempts)])
        {
            record.leasedUntil = Date(epochMilliseconds: until.epochMilliseconds)
            leased.append(record)
        }
        return leased
    }

    /// False when the lease was lost meanwhile.
    @discardableResult
    public func delivered(_ record: OutboxRecord, at now: Date) throws -> Bool {
        try connection.changesOne(
            Statements.delivered,
            [.id(record.id), .time(record.leasedUntil), .time(now), .bytes([])])
    }

    /// Gives a leased message back, to be tried again later. False when the lease was lost
    /// meanwhile.
    @discardableResult
    public func retry(_ record: OutboxRecord, notBefore: Date) throws -> Bool {
        try connection.changesOne(
            Statements.retry, [.id(record.id), .time(record.leasedUntil), .time(notBefore)])
    }

    /// Ends a message that nobody will ever take, or needs any more: its body is erased, its key is
    /// kept until it expires. False when the lease was lost meanwhile.
    @discardableResult
    public func end(_ record: OutboxRecord) throws -> Bool {
        try connection.changesOne(
            Statements.end, [.id(record.id), .time(record.leasedUntil), .bytes([])])
    }
}
