extension Migration {
    /// What the journeys remember besides: identities at other providers, codes sent by SMS, links
    /// sent by mail, and what a regroupement moved.
    ///
    /// One code or link a purpose is good at a time: the unique indexes hold only those that nobody
    /// has used, so that even two requests at once can't leave two.
    static let journeys = Migration(
        number: 3, name: "journeys",
        statements: [
            "ALTER TABLE accounts ADD COLUMN must_change_at BIGINT",
            "ALTER TABLE sessions ADD COLUMN upstream BYTEA",
            """
            CREATE INDEX guardians_by_mobile_phone ON guardians (mobile_phone)
            WHERE mobile_phone IS NOT NULL
            """,
            """
            CREATE TABLE upstream_links (
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                account_id BYTEA NOT NULL REFERENCES accounts (id),
                created_at BIGINT NOT NULL,
                last_used_at BIGINT NOT NULL,
                PRIMARY KEY (issuer, subject)
            ) -- clustered
            """,
            "CREATE INDEX upstream_links_by_account ON upstream_links (account_id)",
            """
            CREATE TABLE sms_challenges (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                purpose TEXT NOT NULL,
                subject BYTEA NOT NULL CHECK (length(subject) = 32),
                phone TEXT NOT NULL,
                code_hash BYTEA NOT NULL CHECK (length(code_hash) = 32),
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            ) -- clustered
            """,
            """
            CREATE UNIQUE INDEX sms_challenges_unused ON sms_challenges (subject, purpose)
            WHERE used_at IS NULL
            """,
            """
            CREATE TABLE mail_tokens (
                selector BYTEA PRIMARY KEY CHECK (length(selector) = 16),
                hash BYTEA NOT NULL CHECK (length(hash) = 32),
                purpose TEXT NOT NULL,
                account_id BYTEA NOT NULL CHECK (length(account_id) = 16),
                account_epoch BIGINT NOT NULL,
                address TEXT NOT NULL,
                interaction_id BYTEA CHECK (length(interaction_id) = 16),
                browser_hash BYTEA CHECK (length(browser_hash) = 32),
                client TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            ) -- clustered
            """,
            """
            CREATE UNIQUE INDEX mail_tokens_unused ON mail_tokens (account_id, purpose)
            WHERE used_at IS NULL
            """,
            """
            CREATE TABLE account_merges (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                main_id BYTEA NOT NULL REFERENCES accounts (id),
                absorbed_id BYTEA NOT NULL REFERENCES accounts (id),
                absorbed_state TEXT NOT NULL,
                done_at BIGINT NOT NULL
            ) -- clustered
            """,
            "CREATE INDEX account_merges_by_absorbed ON account_merges (absorbed_id)",
            "CREATE INDEX account_merges_by_main ON account_merges (main_id)",
            """
            CREATE TABLE merged_guardians (
                merge_id BYTEA NOT NULL REFERENCES account_merges (id),
                guardian_id BYTEA NOT NULL REFERENCES guardians (id),
                PRIMARY KEY (merge_id, guardian_id)
            ) -- clustered
            """,
            "CREATE INDEX merged_guardians_by_guardian ON merged_guardians (guardian_id)",
            """
            CREATE TABLE merged_links (
                merge_id BYTEA NOT NULL REFERENCES account_merges (id),
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                PRIMARY KEY (merge_id, issuer, subject)
            ) -- clustered
            """,
        ])
}
