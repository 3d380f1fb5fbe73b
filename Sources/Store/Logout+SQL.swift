import FoundationEssentials

private enum Statements {
    static let ofSession = SQLStatement(
        """
        SELECT x.client, x.sid, s.account_id FROM session_clients x
        JOIN sessions s ON s.id = x.session_id
        JOIN clients c ON c.id = x.client
        WHERE x.session_id = $1 AND c.backchannel_logout_uri IS NOT NULL AND c.disabled_at IS NULL
        ORDER BY x.client
        """)
    /// The clients whose sector knows the account.
    static let ofAccount = SQLStatement(
        """
        SELECT c.id, NULL, i.owner_id FROM subject_identifiers i
        JOIN clients c ON c.sector = i.sector
        WHERE i.owner_id = $1 AND i.kind = 'account' AND c.backchannel_logout_uri IS NOT NULL
            AND c.disabled_at IS NULL
        ORDER BY c.id
        """)
}

/// The courier signs a logout token at each delivery; a row says for whom.
extension StoreWriter {
    /// One row for each client of an ended session that is to be told (design D12).
    func enqueueLogouts(of session: Session.ID, at now: Date) throws {
        try enqueueLogouts(Statements.ofSession, "logout", session, subject: .id(session), at: now)
    }

    /// One row without `sid` for each client that knows an account which a regroupement has closed.
    /// A client with a session of the account gets the session's row too.
    func enqueueLogouts(
        ofClosed account: Account.ID, by merge: AccountMerge.ID, at now: Date
    ) throws {
        try enqueueLogouts(Statements.ofAccount, "closed", merge, subject: .id(account), at: now)
    }

    private func enqueueLogouts<Cause>(
        _ recipients: SQLStatement, _ word: String, _ cause: RowID<Cause>, subject: SQLValue,
        at now: Date
    ) throws {
        let told: [(client: String, sid: String?, account: Account.ID)] = try connection.all(
            recipients, [subject]
        ) { (try $0.text(), try $0.optionalText(), try $0.id()) }
        for (index, row) in told.enumerated() {
            // A session ends once, and a regroupement is done once; so the random part of either and
            // a count name the row. No randomness is at hand here.
            let tail =
                Array(cause.bytes.suffix(8)) + [UInt8(index >> 8 & 0xFF), UInt8(index & 0xFF)]
            try enqueue(
                OutboxRecord(
                    id: OutboxRecord.ID(at: now, random: tail), kind: .logout,
                    uniqueKey: "\(word):\(cause):\(row.client)", body: [], client: row.client,
                    sid: row.sid, account: row.account, createdAt: now, notBefore: now,
                    expiresAt: now.addingTimeInterval(OutboxRecord.logoutLifetime)))
        }
    }
}
