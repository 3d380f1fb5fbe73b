import FoundationEssentials

private enum Statements {
    /// Of `clients c` with its secrets, a row each.
    static let columns = """
        c.id, c.metadata, c.policy, c.sector, c.backchannel_logout_uri, c.revision, \
        c.disabled_at, c.created_at, c.updated_at, c.has_tile, x.hash, x.created_at, x.last_used_at
        """
    static let byID = SQLStatement(
        """
        SELECT \(columns) FROM clients c LEFT JOIN client_secrets x ON x.client = c.id
        WHERE c.id = $1 ORDER BY x.position
        """)
    static let page = SQLStatement(
        """
        SELECT \(columns) FROM clients c LEFT JOIN client_secrets x ON x.client = c.id
        WHERE c.id IN (SELECT id FROM clients WHERE id > $1 ORDER BY id LIMIT $2)
        ORDER BY c.id, x.position
        """)
    static let revision = SQLStatement("SELECT revision, disabled_at FROM clients WHERE id = $1")
    static let insert = SQLStatement(
        """
        INSERT INTO clients (id, metadata, policy, sector, backchannel_logout_uri, revision,
            disabled_at, created_at, updated_at, has_tile)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO NOTHING
        """)
    static let update = SQLStatement(
        """
        UPDATE clients SET metadata = $3, policy = $4, backchannel_logout_uri = $5,
            disabled_at = $6, updated_at = $7, has_tile = $8, revision = revision + 1
        WHERE id = $1 AND revision = $2
        """)
    static let remove = SQLStatement("DELETE FROM clients WHERE id = $1")
    /// Removing is rare, so none of these has an index to serve it.
    static let endGrants = SQLStatement(
        "UPDATE grants SET revoked_at = $2 WHERE client = $1 AND revoked_at IS NULL")
    static let endFamilies = SQLStatement(
        "UPDATE refresh_families SET ended_at = $2 WHERE client = $1 AND ended_at IS NULL")
    /// Those of no grant too.
    static let endAccessTokens = SQLStatement(
        "UPDATE access_tokens SET revoked_at = $2 WHERE client = $1 AND revoked_at IS NULL")
    static let forgotten = [
        SQLStatement("DELETE FROM consents WHERE client = $1"),
        SQLStatement("DELETE FROM session_clients WHERE client = $1"),
        SQLStatement("DELETE FROM outbox WHERE client = $1"),
    ]
    static let insertSecret = SQLStatement(
        """
        INSERT INTO client_secrets (client, position, hash, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5)
        """)
    static let removeSecrets = SQLStatement("DELETE FROM client_secrets WHERE client = $1")
    static let touchSecret = SQLStatement(
        "UPDATE client_secrets SET last_used_at = $3 WHERE client = $1 AND hash = $2")
}

extension Client {
    /// Without its secrets.
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.text(), metadata: try row.text(), policy: try row.text(), secrets: [],
            sector: try row.text(), backchannelLogoutURI: try row.optionalText(),
            revision: try row.integer(),
            disabledAt: try row.optionalTime(), createdAt: try row.time(),
            updatedAt: try row.time())
        hasTile = try row.integer() == 1
    }
}

extension ClientSecret {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(
            hash: try row.bytes(), createdAt: try row.time(), lastUsedAt: try row.optionalTime())
    }
}

extension StoreReading {
    public func client(_ id: String) throws -> Client? {
        try clients(Statements.byID, [.text(id)]).first
    }

    /// In the order of their ids, those after `id`.
    public func clients(after id: String?, limit: Int) throws -> [Client] {
        try clients(Statements.page, [.text(id ?? ""), .count(limit)])
    }

    /// Whether a cached client is still current; nil when there is none.
    public func clientRevision(_ id: String) throws -> ClientRevision? {
        try connection.first(Statements.revision, [.text(id)]) { row in
            ClientRevision(
                revision: try row.integer(), isDisabled: try row.optionalInteger() != nil)
        }
    }

    /// Each client once, from rows that name one after another.
    private func clients(_ statement: SQLStatement, _ values: [SQLValue]) throws -> [Client] {
        var found: [Client] = []
        try connection.run(statement, values) { row in
            var columns = SQLColumns(row)
            let client = try Client(&columns)
            if found.last?.id != client.id { found.append(client) }
            if !columns.isNull {
                found[found.count - 1].secrets.append(try ClientSecret(&columns))
            }
        }
        return found
    }
}

extension StoreWriter {
    /// Throws `.conflict` when the id is taken.
    public func insert(_ client: Client) throws {
        let isNew = try connection.changesOne(
            Statements.insert,
            [
                .text(client.id), .text(client.metadata), .text(client.policy),
                .text(client.sector),
                .text(client.backchannelLogoutURI), .integer(client.revision),
                .time(client.disabledAt),
                .time(client.createdAt), .time(client.updatedAt),
                .integer(client.hasTile ? 1 : 0),
            ])
        guard isNew else { throw StoreError.conflict(detail: "client \(client.id) exists") }
        try insert(client.secrets, of: client.id)
    }

    /// Writes everything but the sector and the time of creation; returns the new revision.
    ///
    /// Throws `.conflict` unless the row has `client.revision`.
    @discardableResult
    public func update(_ client: Client, at now: Date) throws -> Int64 {
        let isChanged = try connection.changesOne(
            Statements.update,
            [
                .text(client.id), .integer(client.revision), .text(client.metadata),
                .text(client.policy),
                .text(client.backchannelLogoutURI), .time(client.disabledAt), .time(now),
                .integer(client.hasTile ? 1 : 0),
            ])
        guard isChanged else {
            throw StoreError.conflict(detail: "client \(client.id) was changed or removed")
        }
        _ = try connection.change(Statements.removeSecrets, [.text(client.id)])
        try insert(client.secrets, of: client.id)
        return client.revision + 1
    }

    /// Removes a client and ends all that was issued to it, so that nothing of it revives should
    /// another teleservice be given its id: grants with their codes and tokens, consents, its part
    /// in sessions, and messages that wait for it. False when there is none.
    @discardableResult
    public func removeClient(_ id: String, at now: Date) throws -> Bool {
        for end in [Statements.endGrants, Statements.endFamilies, Statements.endAccessTokens] {
            _ = try connection.change(end, [.text(id), .time(now)])
        }
        for forget in Statements.forgotten { _ = try connection.change(forget, [.text(id)]) }
        _ = try connection.change(Statements.removeSecrets, [.text(id)])
        return try connection.changesOne(Statements.remove, [.text(id)])
    }

    /// Notes when a secret was last used, so that an operator sees which one can go.
    public func noteSecretUse(client: String, hash: [UInt8], at now: Date) throws {
        _ = try connection.change(
            Statements.touchSecret, [.text(client), .bytes(hash), .time(now)])
    }

    private func insert(_ secrets: [ClientSecret], of client: String) throws {
        guard secrets.count <= Client.secretsMax else {
            throw StoreError.invalid(
                detail: "client \(client) has more than \(Client.secretsMax) secrets")
        }
        for (position, secret) in secrets.enumerated() {
            _ = try connection.change(
                Statements.insertSecret,
                [
                    .text(client), .count(position), .bytes(secret.hash), .time(secret.createdAt),
                    .time(secret.lastUsedAt),
                ])
        }
    }
}
