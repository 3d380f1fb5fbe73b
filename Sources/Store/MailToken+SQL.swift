import FoundationEssentials

private enum Statements {
    static let bySelector = SQLStatement(
        """
        SELECT hash, purpose, account_id, account_epoch, address, interaction_id, browser_hash,
            client, created_at, expires_at, used_at
        FROM mail_tokens WHERE selector = $1
        """)
    static let void = SQLStatement(
        "DELETE FROM mail_tokens WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL")
    static let voidAll = SQLStatement(
        "DELETE FROM mail_tokens WHERE account_id = $1 AND used_at IS NULL")
    static let insert = SQLStatement(
        """
        INSERT INTO mail_tokens (selector, hash, purpose, account_id, account_epoch, address,
            interaction_id, browser_hash, client, created_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """)
    static let spend = SQLStatement(
        """
        UPDATE mail_tokens SET used_at = $2
        WHERE selector = $1 AND used_at IS NULL AND expires_at > $2
        """)
}

extension StoreReading {
    /// The token that the secret opens; also one that is used or expired: the caller tells which,
    /// and whether the account is still in its epoch. None if it was voided.
    public func mailToken(_ reference: SecretReference) throws -> MailToken? {
        let found = try connection.first(Statements.bySelector, [.bytes(reference.selector)]) {
            row in
            let hash = try row.bytes()
            // The reference that was presented is the token's own if the hashes agree.
            let token = MailToken(
                reference: reference, purpose: try row.word(), account: try row.id(),
                accountEpoch: try row.integer(), address: try row.text(),
                interaction: try row.optionalID(), browserHash: try row.optionalBytes(),
                client: try row.optionalText(), createdAt: try row.time(),
                expiresAt: try row.time(), usedAt: try row.optionalTime())
            return (hash: hash, token: token)
        }
        guard let found, equalInConstantTime(found.hash, reference.hash) else { return nil }
        return found.token
    }
}

extension StoreWriter {
    /// Writes a new link; the older one of the same purpose and account is void, unless it was used
    /// (SR-51).
    public func issue(_ token: MailToken) throws {
        _ = try connection.change(
            Statements.void, [.id(token.account), .text(token.purpose.rawValue)])
        _ = try connection.change(
            Statements.insert,
            [
                .bytes(token.reference.selector), .bytes(token.reference.hash),
                .text(token.purpose.rawValue), .id(token.account), .integer(token.accountEpoch),
                .text(token.address), .id(token.interaction), .bytes(token.browserHash),
                .text(token.client), .time(token.createdAt), .time(token.expiresAt),
                .time(token.usedAt),
            ])
    }

    /// Voids every link of the account that nobody has used.
    public func voidMailTokens(of account: Account.ID) throws {
        _ = try connection.change(Statements.voidAll, [.id(account)])
    }

    /// Uses a link up: of any number of simultaneous calls one succeeds (SR-51).
    ///
    /// Throws `.conflict` if it was used, has expired or is gone.
    public func spendMailToken(_ id: MailToken.ID, at now: Date) throws {
        guard try connection.changesOne(Statements.spend, [.id(id), .time(now)]) else {
            throw StoreError.conflict(detail: "mail token \(id) is used, expired or gone")
        }
    }
}
