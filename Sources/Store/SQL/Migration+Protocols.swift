extension Migration {
    /// What the protocols remember: clients, interactions, sessions, grants and what is issued
    /// under them, attempts, the outbox and the audit.
    ///
    /// Rows that live for minutes or hours have a time-ordered key and no other index but for what a
    /// person's own page asks: each index is one more page written in every sign-in (design D22).
    static let protocols = Migration(
        number: 2, name: "protocols",
        statements: [
            """
            CREATE TABLE clients (
                id TEXT PRIMARY KEY,
                metadata TEXT NOT NULL,
                policy TEXT NOT NULL,
                sector TEXT NOT NULL,
                backchannel_logout_uri TEXT,
                revision BIGINT NOT NULL,
                disabled_at BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE client_secrets (
                client TEXT NOT NULL REFERENCES clients (id),
                position BIGINT NOT NULL CHECK (position IN (0, 1)),
                hash BYTEA NOT NULL CHECK (length(hash) = 32),
                created_at BIGINT NOT NULL,
                last_used_at BIGINT,
                PRIMARY KEY (client, position)
            ) -- clustered
            """,
            """
            CREATE TABLE interactions (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                revision BIGINT NOT NULL,
                browser_hash BYTEA NOT NULL CHECK (length(browser_hash) = 32),
                state BYTEA NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                done_at BIGINT
            ) -- clustered
            """,
            """
            CREATE TABLE sessions (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                secret_hash BYTEA NOT NULL CHECK (length(secret_hash) = 32),
                account_id BYTEA NOT NULL CHECK (length(account_id) = 16),
                account_epoch BIGINT NOT NULL,
                facts BYTEA NOT NULL,
                acr TEXT NOT NULL,
                amr TEXT NOT NULL,
                auth_time BIGINT NOT NULL,
                browser_hash BYTEA NOT NULL CHECK (length(browser_hash) = 32),
                opened_at BIGINT NOT NULL,
                last_used_at BIGINT NOT NULL,
                idle_seconds BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                ended_at BIGINT,
                end_reason TEXT
            ) -- clustered
            """,
            "CREATE INDEX sessions_by_account ON sessions (account_id)",
            """
            CREATE TABLE session_clients (
                session_id BYTEA NOT NULL CHECK (length(session_id) = 16),
                client TEXT NOT NULL,
                sid TEXT NOT NULL,
                PRIMARY KEY (session_id, client)
            ) -- clustered
            """,
            """
            CREATE TABLE subject_identifiers (
                owner_id BYTEA NOT NULL CHECK (length(owner_id) = 16),
                sector TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('account', 'child')),
                value TEXT NOT NULL,
                PRIMARY KEY (owner_id, sector, kind),
                UNIQUE (sector, value)
            ) -- clustered
            """,
            """
            CREATE TABLE consents (
                account_id BYTEA NOT NULL CHECK (length(account_id) = 16),
                client TEXT NOT NULL,
                scopes TEXT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (account_id, client)
            ) -- clustered
            """,
            """
            CREATE TABLE grants (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                account_id BYTEA CHECK (length(account_id) = 16),
                account_epoch BIGINT NOT NULL,
                client TEXT NOT NULL,
                subject TEXT NOT NULL,
                session_id BYTEA CHECK (length(session_id) = 16),
                sid TEXT,
                scopes TEXT NOT NULL,
                claims TEXT,
                resources TEXT,
                acr TEXT NOT NULL,
                amr TEXT NOT NULL,
                auth_time BIGINT NOT NULL,
                nonce TEXT,
                jkt TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT
            ) -- clustered
            """,
            """
            CREATE TABLE authorization_codes (
                selector BYTEA PRIMARY KEY CHECK (length(selector) = 16),
                hash BYTEA NOT NULL CHECK (length(hash) = 32),
                grant_id BYTEA NOT NULL CHECK (length(grant_id) = 16),
                redirect_uri TEXT NOT NULL,
                code_challenge TEXT,
                expires_at BIGINT NOT NULL,
                spent_at BIGINT
            ) -- clustered
            """,
            """
            CREATE TABLE access_tokens (
                selector BYTEA PRIMARY KEY CHECK (length(selector) = 16),
                hash BYTEA NOT NULL CHECK (length(hash) = 32),
                grant_id BYTEA CHECK (length(grant_id) = 16),
                client TEXT NOT NULL,
                scopes TEXT NOT NULL,
                audience TEXT,
                jkt TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT
            ) -- clustered
            """,
            """
            CREATE TABLE refresh_families (
                selector BYTEA PRIMARY KEY CHECK (length(selector) = 16),
                grant_id BYTEA NOT NULL CHECK (length(grant_id) = 16),
                client TEXT NOT NULL,
                generation BIGINT NOT NULL,
                hash BYTEA NOT NULL CHECK (length(hash) = 32),
                previous_hash BYTEA CHECK (length(previous_hash) = 32),
                created_at BIGINT NOT NULL,
                rotated_at BIGINT,
                idle_expires_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                ended_at BIGINT
            ) -- clustered
            """,
            """
            CREATE TABLE replayed_ids (
                hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
                expires_at BIGINT NOT NULL
            ) -- clustered
            """,
            """
            CREATE TABLE attempts (
                key BYTEA PRIMARY KEY CHECK (length(key) = 32),
                counted BIGINT NOT NULL,
                window_ends_at BIGINT NOT NULL,
                locked_until BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            ) -- clustered
            """,
            """
            CREATE TABLE known_browsers (
                key BYTEA PRIMARY KEY CHECK (length(key) = 32),
                expires_at BIGINT NOT NULL
            ) -- clustered
            """,
            """
            CREATE TABLE outbox (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                kind TEXT NOT NULL,
                unique_key TEXT NOT NULL UNIQUE,
                body BYTEA NOT NULL,
                client TEXT,
                sid TEXT,
                account_id BYTEA CHECK (length(account_id) = 16),
                created_at BIGINT NOT NULL,
                not_before BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                leased_until BIGINT,
                delivered_at BIGINT
            )
            """,
            "CREATE INDEX outbox_waiting ON outbox (not_before) WHERE delivered_at IS NULL",
            """
            CREATE TABLE audit_events (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                at BIGINT NOT NULL,
                kind TEXT NOT NULL,
                account_id BYTEA CHECK (length(account_id) = 16),
                client TEXT,
                actor TEXT,
                network TEXT,
                detail TEXT NOT NULL
            ) -- clustered
            """,
            "CREATE INDEX audit_events_by_account ON audit_events (account_id, id)",
            """
            CREATE TABLE sweep_positions (
                name TEXT PRIMARY KEY,
                position BYTEA NOT NULL
            ) -- clustered
            """,
        ])
}
