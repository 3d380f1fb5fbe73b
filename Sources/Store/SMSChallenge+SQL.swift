import FoundationEssentials

private enum Statements {
    static let byID = SQLStatement(
        """
        SELECT id, purpose, subject, phone, code_hash, created_at, expires_at, used_at
        FROM sms_challenges WHERE id = $1
        """)
    static let void = SQLStatement(
        "DELETE FROM sms_challenges WHERE subject = $1 AND purpose = $2 AND used_at IS NULL")
    static let insert = SQLStatement(
        """
        INSERT INTO sms_challenges (id, purpose, subject, phone, code_hash, created_at, expires_at,
            used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    static let spend = SQLStatement(
        """
        UPDATE sms_challenges SET used_at = $2
        WHERE id = $1 AND used_at IS NULL AND expires_at > $2
        """)
}

extension SMSChallenge {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), purpose: try row.word(), subject: try row.bytes(),
            phone: try row.text(), codeHash: try row.bytes(), createdAt: try row.time(),
            expiresAt: try row.time(), usedAt: try row.optionalTime())
    }
}

extension StoreReading {
    /// Also one that is used or expired: the caller tells which. None if a newer one voided it.
    public func smsChallenge(_ id: SMSChallenge.ID) throws -> SMSChallenge? {
        try connection.first(Statements.byID, [.id(id)]) { try SMSChallenge(&$0) }
    }
}

extension StoreWriter {
    /// Writes a new code; the older one of the same purpose and subject is void, unless it was used
    /// (SR-51).
    public func issue(_ challenge: SMSChallenge) throws {
        _ = try connection.change(
            Statements.void, [.bytes(challenge.subject), .text(challenge.purpose.rawValue)])
        _ = try connection.change(
            Statements.insert,
            [
                .id(challenge.id), .text(challenge.purpose.rawValue), .bytes(challenge.subject),
                .text(challenge.phone), .bytes(challenge.codeHash), .time(challenge.createdAt),
                .time(challenge.expiresAt), .time(challenge.usedAt),
            ])
    }

    /// Uses a code up: of any number of simultaneous calls one succeeds (SR-51).
    ///
    /// Throws `.conflict` if it was used, has expired or is gone.
    public func spendChallenge(_ id: SMSChallenge.ID, at now: Date) throws {
        guard try connection.changesOne(Statements.spend, [.id(id), .time(now)]) else {
            throw StoreError.conflict(detail: "SMS challenge \(id) is used, expired or gone")
        }
    }
}
