import FoundationEssentials

private enum Statements {
    static let isKnown = SQLStatement(
        "SELECT 1 FROM known_browsers WHERE key = $1 AND expires_at > $2")
    static let know = SQLStatement(
        """
        INSERT INTO known_browsers (key, expires_at) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at
        """)
}

extension StoreReading {
    public func isKnownBrowser(_ key: AttemptKey, at now: Date) throws -> Bool {
        try connection.first(Statements.isKnown, [.bytes(key.bytes), .time(now)]) {
            _ = try $0.integer()
        } != nil
    }
}

extension StoreWriter {
    /// Remembers the browser, from now on until the new expiry.
    public func know(_ browser: KnownBrowser) throws {
        _ = try connection.change(
            Statements.know, [.bytes(browser.key.bytes), .time(browser.expiresAt)])
    }
}
