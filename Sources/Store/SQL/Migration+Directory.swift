extension Migration {
    /// Who exists: accounts, guardians, schools, classes, children.
    ///
    /// Times are milliseconds since 1970. Identifiers are 16 bytes.
    static let directory = Migration(
        number: 1, name: "directory",
        statements: [
            """
            CREATE TABLE accounts (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                identifier TEXT NOT NULL UNIQUE,
                state TEXT NOT NULL,
                origin TEXT NOT NULL,
                password_hash TEXT,
                password_changed_at BIGINT,
                provisional_hash TEXT,
                provisional_sealed BYTEA,
                provisional_at BIGINT,
                email TEXT,
                pending_email TEXT,
                epoch BIGINT NOT NULL,
                revision BIGINT NOT NULL,
                distribution_date BIGINT,
                last_access_at BIGINT,
                previous_access_at BIGINT,
                merged_into BYTEA CHECK (length(merged_into) = 16),
                closed_at BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                CHECK ((state = 'closed') = (closed_at IS NOT NULL))
            ) -- clustered
            """,
            """
            CREATE TABLE guardians (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                source_key TEXT NOT NULL UNIQUE,
                account_id BYTEA NOT NULL REFERENCES accounts (id),
                civility TEXT NOT NULL,
                last_name TEXT NOT NULL,
                first_name TEXT NOT NULL,
                birth_name TEXT,
                mobile_phone TEXT,
                school_email TEXT,
                birth_date TEXT,
                updated_at BIGINT NOT NULL
            ) -- clustered
            """,
            "CREATE INDEX guardians_by_account ON guardians (account_id)",
            """
            CREATE TABLE profile_details (
                guardian_id BYTEA PRIMARY KEY REFERENCES guardians (id),
                middle_name TEXT,
                nickname TEXT,
                profile TEXT,
                picture TEXT,
                website TEXT,
                gender TEXT,
                zoneinfo TEXT,
                locale TEXT,
                street_address TEXT,
                locality TEXT,
                region TEXT,
                postal_code TEXT,
                country TEXT
            ) -- clustered
            """,
            """
            CREATE TABLE schools (
                uai TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                academy TEXT NOT NULL,
                sector TEXT NOT NULL,
                phone TEXT,
                email TEXT
            ) -- clustered
            """,
            """
            CREATE TABLE school_classes (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                source_key TEXT NOT NULL UNIQUE,
                school TEXT NOT NULL REFERENCES schools (uai),
                label TEXT NOT NULL,
                level TEXT
            ) -- clustered
            """,
            """
            CREATE TABLE children (
                id BYTEA PRIMARY KEY CHECK (length(id) = 16),
                source_key TEXT NOT NULL UNIQUE,
                last_name TEXT NOT NULL,
                first_name TEXT NOT NULL,
                birth_date TEXT NOT NULL,
                ine TEXT,
                class_id BYTEA REFERENCES school_classes (id)
            ) -- clustered
            """,
            """
            CREATE TABLE child_links (
                guardian_id BYTEA NOT NULL REFERENCES guardians (id),
                child_id BYTEA NOT NULL REFERENCES children (id),
                legal_level TEXT NOT NULL,
                ended_at BIGINT,
                PRIMARY KEY (guardian_id, child_id)
            ) -- clustered
            """,
            "CREATE INDEX child_links_by_child ON child_links (child_id)",
        ])
}
