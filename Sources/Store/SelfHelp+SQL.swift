private enum Statements {
    static let byEmail = SQLStatement(
        """
        SELECT \(Account.columns) FROM accounts a
        WHERE lower(a.email) = lower($1) AND a.email IS NOT NULL AND a.state = 'active'
        ORDER BY a.id LIMIT $2
        """)
    static let byMobile = SQLStatement(
        """
        SELECT \(Account.columns) FROM accounts a
        WHERE a.id IN (SELECT g.account_id FROM guardians g WHERE g.mobile_phone = $1)
            AND a.state = 'active'
        ORDER BY a.id LIMIT $2
        """)
    static let guardians = SQLStatement(
        """
        SELECT \(Guardian.columns) FROM guardians g WHERE g.mobile_phone = $1
        ORDER BY g.id LIMIT $2
        """)
}

/// What self-help looks for (J-§3.8, J-§3.9).
extension Account {
    /// What one address or number finds at most: where more accounts share it, it is a placeholder.
    public static let sharingMax = 50
}

extension StoreReading {
    /// The active accounts whose confirmed address this is, whatever its case, oldest first; no more
    /// than `Account.sharingMax`. A mail goes to the address as the account has it.
    public func accounts(email: String) throws -> [Account] {
        try connection.all(Statements.byEmail, [.text(email), .count(Account.sharingMax)]) {
            try Account(&$0)
        }
    }

    /// The active accounts with a directory record that has this number, in the form of E.164, oldest
    /// first, each once; no more than `Account.sharingMax`.
    public func accounts(mobile: String) throws -> [Account] {
        try connection.all(Statements.byMobile, [.text(mobile), .count(Account.sharingMax)]) {
            try Account(&$0)
        }
    }

    /// The directory records with this number, of whatever account, oldest first: a number that the
    /// directory gives to two persons proves neither (J-§3.9 no. 7).
    public func guardians(mobile: String, limit: Int) throws -> [Guardian] {
        try connection.all(Statements.guardians, [.text(mobile), .count(limit)]) {
            try Guardian(&$0)
        }
    }
}
