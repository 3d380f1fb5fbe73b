import FoundationEssentials

private enum Statements {
    static let claim = SQLStatement(
        "INSERT INTO replayed_ids (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
}

extension StoreWriter {
    /// Uses up an identifier that is good once, such as the `jti` of a client assertion (RFC 7523
    /// §3).
    ///
    /// `hash` has 32 bytes and covers whatever makes the identifier unique (its kind, its issuer).
    /// True for exactly one call until `expiry`.
    public func claim(_ hash: [UInt8], until expiry: Date) throws -> Bool {
        try connection.changesOne(Statements.claim, [.bytes(hash), .time(expiry)])
    }
}
