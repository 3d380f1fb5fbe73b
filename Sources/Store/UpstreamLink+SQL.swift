import FoundationEssentials

private enum Statements {
    static let columns = "issuer, subject, account_id, created_at, last_used_at"
    static let byPair = SQLStatement(
        "SELECT \(columns) FROM upstream_links WHERE issuer = $1 AND subject = $2")
    static let ofAccount = SQLStatement(
        """
        SELECT \(columns) FROM upstream_links WHERE account_id = $1
        ORDER BY created_at, issuer, subject
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO upstream_links (issuer, subject, account_id, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (issuer, subject) DO NOTHING
        """)
    static let touch = SQLStatement(
        """
        UPDATE upstream_links SET last_used_at = $3
        WHERE issuer = $1 AND subject = $2 AND last_used_at < $3
        """)
    static let remove = SQLStatement(
        "DELETE FROM upstream_links WHERE issuer = $1 AND subject = $2 AND account_id = $3")
}

extension UpstreamLink {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            issuer: try row.text(), subject: try row.text(), account: try row.id(),
            createdAt: try row.time(), lastUsedAt: try row.time())
    }
}

extension StoreReading {
    public func upstreamLink(issuer: String, subject: String) throws -> UpstreamLink? {
        try connection.first(Statements.byPair, [.text(issuer), .text(subject)]) {
            try UpstreamLink(&$0)
        }
    }

    /// Oldest first.
    public func upstreamLinks(of account: Account.ID) throws -> [UpstreamLink] {
        try connection.all(Statements.ofAccount, [.id(account)]) { try UpstreamLink(&$0) }
    }
}

extension StoreWriter {
    /// Links the pair to the account. One that is linked to it already stays as it is.
    ///
    /// Throws `.conflict` if the pair belongs to another account, or the account is closed or
    /// missing. Of two accounts that race for one pair the second gets the conflict (security.md
    /// 2.26).
    public func link(_ link: UpstreamLink) throws {
        guard let owner = try account(link.account), owner.closedAt == nil else {
            throw StoreError.conflict(detail: "account \(link.account) is closed or missing")
        }
        let isNew = try connection.changesOne(
            Statements.insert,
            [
                .text(link.issuer), .text(link.subject), .id(link.account), .time(link.createdAt),
                .time(link.lastUsedAt),
            ])
        if isNew { return }
        let standing = try upstreamLink(issuer: link.issuer, subject: link.subject)
        guard standing?.account == link.account else {
            throw StoreError.conflict(detail: "an identity is linked to another account")
        }
    }

    /// Takes a link of this account away; the pair is nobody's then.
    ///
    /// Throws `.conflict` if it is not this account's, or is gone already.
    public func unlink(issuer: String, subject: String, of account: Account.ID) throws {
        let isGone = try connection.changesOne(
            Statements.remove, [.text(issuer), .text(subject), .id(account)])
        guard isGone else {
            throw StoreError.conflict(detail: "an identity is not linked to account \(account)")
        }
    }

    /// Notes a sign-in by the link.
    public func touchLink(issuer: String, subject: String, at now: Date) throws {
        _ = try connection.change(
            Statements.touch, [.text(issuer), .text(subject), .time(now)])
    }
}
