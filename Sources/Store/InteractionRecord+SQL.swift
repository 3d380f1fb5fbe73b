import FoundationEssentials

private enum Statements {
    static let byID = SQLStatement(
        """
        SELECT id, revision, browser_hash, state, created_at, expires_at, done_at
        FROM interactions
        WHERE id = $1
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO interactions (id, revision, browser_hash, state, created_at, expires_at,
            done_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO NOTHING
        """)
    static let commit = SQLStatement(
        """
        UPDATE interactions SET state = $3, expires_at = $4, revision = revision + 1
        WHERE id = $1 AND revision = $2 AND done_at IS NULL AND expires_at > $5
        """)
    static let finish = SQLStatement(
        """
        UPDATE interactions SET state = $3, done_at = $4, revision = revision + 1
        WHERE id = $1 AND revision = $2 AND done_at IS NULL AND expires_at > $4
        """)
}

extension InteractionRecord {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), revision: try row.integer(), browserHash: try row.bytes(),
            state: try row.bytes(),
            createdAt: try row.time(), expiresAt: try row.time(), doneAt: try row.optionalTime())
    }
}

extension StoreReading {
    /// Also one that is done or expired: the caller tells the person which.
    public func interaction(_ id: InteractionRecord.ID) throws -> InteractionRecord? {
        try connection.first(Statements.byID, [.id(id)]) { try InteractionRecord(&$0) }
    }
}

extension StoreWriter {
    /// Writes a sealed interaction for the first time. Throws `.conflict` when the id is taken.
    public func begin(_ record: InteractionRecord) throws {
        guard try inserts(record) else {
            throw StoreError.conflict(detail: "interaction \(record.id) exists")
        }
    }

    /// Writes state and expiry under `record.revision`, with the changes; returns the record with
    /// its new revision.
    ///
    /// Throws `.conflict` if the row has another revision, is done or has expired, or a change
    /// doesn't hold any more; then nothing is written.
    @discardableResult
    public func commit(
        _ record: InteractionRecord, _ changes: [Change], at now: Date
    ) throws -> InteractionRecord {
        let isChanged = try connection.changesOne(
            Statements.commit,
            [
                .id(record.id), .integer(record.revision), .bytes(record.state),
                .time(record.expiresAt),
                .time(now),
            ])
        guard isChanged else {
            throw StoreError.conflict(detail: "interaction \(record.id) has moved on")
        }
        try apply(changes, at: now)
        var written = record
        written.revision += 1
        return written
    }

    /// Empties the interaction and marks it done, with the changes; throws as `commit`.
    public func finish(
        _ id: InteractionRecord.ID, revision: Int64, _ changes: [Change], at now: Date
    ) throws {
        guard try finishes(id, revision: revision, at: now) else {
            throw StoreError.conflict(detail: "interaction \(id) has moved on")
        }
        try apply(changes, at: now)
    }

    /// Whether the row was there to be finished.
    func finishes(_ id: InteractionRecord.ID, revision: Int64, at now: Date) throws -> Bool {
        try connection.changesOne(
            Statements.finish, [.id(id), .integer(revision), .bytes([]), .time(now)])
    }

    /// Whether the id was free.
    func inserts(_ record: InteractionRecord) throws -> Bool {
        try connection.changesOne(
            Statements.insert,
            [
                .id(record.id), .integer(record.revision), .bytes(record.browserHash),
                .bytes(record.state),
                .time(record.createdAt), .time(record.expiresAt), .time(record.doneAt),
            ])
    }
}
