import FoundationEssentials

private enum Statements {
    static let bySelector = SQLStatement(
        """
        SELECT f.hash, f.previous_hash, f.ended_at, CASE WHEN \(Grant.isAlive) THEN 1 ELSE 0 END,
            f.selector, f.grant_id, f.client, f.generation, f.created_at, f.rotated_at,
            f.idle_expires_at, f.expires_at, \(Grant.columns)
        FROM refresh_families f JOIN grants g ON g.id = f.grant_id \(Grant.owners)
        WHERE f.selector = $1
        """)
    static let insert = SQLStatement(
        """
        INSERT INTO refresh_families (selector, grant_id, client, generation, hash, created_at,
            idle_expires_at, expires_at)
        VALUES ($1, $2, $3, 0, $4, $5, $6, $7)
        """)
    static let rotate = SQLStatement(
        """
        UPDATE refresh_families SET generation = generation + 1, previous_hash = hash, hash = $3,
            rotated_at = $4, idle_expires_at = $5
        WHERE selector = $1 AND generation = $2 AND ended_at IS NULL
        """)
    static let end = SQLStatement(
        "UPDATE refresh_families SET ended_at = $2 WHERE selector = $1 AND ended_at IS NULL")
}

/// A family as it is stored, with its grant.
private struct StoredFamily {
    var hash: [UInt8]
    var previousHash: [UInt8]?
    var isEnded: Bool
    var isGrantAlive: Bool
    var family: RefreshFamily
    var grant: Grant

    init(_ row: inout SQLColumns) throws {
        hash = try row.bytes()
        previousHash = try row.optionalBytes()
        isEnded = try row.optionalTime() != nil
        isGrantAlive = try row.integer() == 1
        family = RefreshFamily(
            selector: try row.bytes(), grant: try row.id(), client: try row.text(),
            generation: try row.integer(),
            createdAt: try row.time(), rotatedAt: try row.optionalTime(),
            idleExpiresAt: try row.time(),
            expiresAt: try row.time())
        grant = try Grant(&row)
    }

    func isAlive(at now: Date) -> Bool {
        !isEnded && isGrantAlive && family.expiresAt > now && family.idleExpiresAt > now
    }

    /// Whether the last rotation is so near that its answer may have been lost. Nodes' clocks
    /// differ a little, so a rotation may also seem to be ahead by as much, and no more: a clock
    /// set back revives nothing.
    func isWithinGrace(_ seconds: Int64, at now: Date) -> Bool {
        guard let rotatedAt = family.rotatedAt else { return false }
        return abs(now.timeIntervalSince(rotatedAt)) <= Double(seconds)
    }
}

extension StoreReading {
    /// For introspection: the family whose present token this is, if it is alive.
    public func refreshToken(_ reference: SecretReference, at now: Date) throws -> RefreshedFamily?
    {
        guard let stored = try storedFamily(reference, at: now), stored.isAlive(at: now),
            equalInConstantTime(stored.hash, reference.hash)
        else { return nil }
        return RefreshedFamily(family: stored.family, grant: stored.grant)
    }

    fileprivate func storedFamily(
        _ reference: SecretReference, at now: Date
    ) throws -> StoredFamily? {
        try connection.first(Statements.bySelector, [.bytes(reference.selector), .time(now)]) {
            try StoredFamily(&$0)
        }
    }
}

extension StoreWriter {
    /// Spends a refresh token for its successor and an access token, in one transaction (design
    /// D24, SR-21).
    ///
    /// Of any number of simultaneous calls with one token one rotates, and the others repeat it
    /// within the grace.
    public func rotate(_ request: RefreshRequest, at now: Date) throws -> RefreshOutcome {
        guard let stored = try storedFamily(request.token, at: now) else { return .unknown }
        guard stored.family.client == request.client else { return .wrongClient }
        guard stored.isAlive(at: now) else { return .expired }
        let isPresent = equalInConstantTime(stored.hash, request.token.hash)
        let isPrevious =
            stored.previousHash.map { equalInConstantTime($0, request.token.hash) } ?? false
        guard isPresent || isPrevious && stored.isWithinGrace(request.graceSeconds, at: now) else {
            // Only a holder of some token of this family knows its selector: an older token, hence
            // a theft.
            try end(stored.family, at: now)
            return .reused(stored.grant.id)
        }
        if case .key(let key) = request.binding, key != stored.grant.jkt { return .wrongKey }
        if isPresent { return try advance(stored, request, at: now) }
        return try repeated(stored, request, at: now)
    }

    private func advance(
        _ stored: StoredFamily, _ request: RefreshRequest, at now: Date
    ) throws -> RefreshOutcome {
        var family = stored.family
        let successor = try request.successor(family.generation + 1)
        guard successor.count == 32 else {
            throw StoreError.invalid(detail: "a successor's hash has 32 bytes")
        }
        let idleExpiresAt = min(request.idleExpiresAt, family.expiresAt)
        let isRotated = try connection.changesOne(
            Statements.rotate,
            [
                .bytes(family.selector), .integer(family.generation), .bytes(successor), .time(now),
                .time(idleExpiresAt),
            ])
        guard isRotated else {
            throw StoreError.conflict(detail: "a refresh family was changed meanwhile")
        }
        if let token = try request.accessToken(stored.grant) {
            try insert(token, of: stored.grant, at: now)
        }
        family.generation += 1
        family.rotatedAt = now
        family.idleExpiresAt = idleExpiresAt
        return .rotated(RefreshedFamily(family: family, grant: stored.grant))
    }

    private func repeated(
        _ stored: StoredFamily, _ request: RefreshRequest, at now: Date
    ) throws -> RefreshOutcome {
        // Another refresh key would make another successor than the one that was answered: refuse
        // rather than hand out a token that can't work.
        let successor = try request.successor(stored.family.generation)
        guard equalInConstantTime(successor, stored.hash) else { return .unknown }
        if let token = try request.accessToken(stored.grant) {
            try insert(token, of: stored.grant, at: now)
        }
        return .repeated(RefreshedFamily(family: stored.family, grant: stored.grant))
    }

    /// Ends the family and its grant, with every access token of it, however often it is asked
    /// (SR-23).
    ///
    /// A token that was rotated away does it too: its holder wants the authorization gone.
    public func revokeRefreshToken(
        _ reference: SecretReference, client: String, at now: Date
    ) throws -> Revocation {
        guard let stored = try storedFamily(reference, at: now) else { return .unknown }
        guard stored.family.client == client else { return .wrongClient }
        try end(stored.family, at: now)
        return .revoked
    }

    /// A family of a grant; it lives no longer than the grant.
    func insert(_ family: NewRefreshFamily, of grant: Grant, at now: Date) throws {
        let expiresAt = min(family.expiresAt, grant.expiresAt)
        _ = try connection.change(
            Statements.insert,
            [
                .bytes(family.reference.selector), .id(grant.id), .text(grant.client),
                .bytes(family.reference.hash), .time(now),
                .time(min(family.idleExpiresAt, expiresAt)),
                .time(expiresAt),
            ])
    }

    private func end(_ family: RefreshFamily, at now: Date) throws {
        _ = try connection.change(Statements.end, [.bytes(family.selector), .time(now)])
        try revoke(family.grant, at: now)
    }
}
