extension Migration {
    /// What a person's own page shows and ends, and what self-help and an undoing look for.
    ///
    /// The index of grants is the price of a page on which a person ends them: one more page written
    /// at each authorization, in the place that the account has there. An address is found whatever
    /// its case.
    static let accountPage = Migration(
        number: 5, name: "account page",
        statements: [
            "ALTER TABLE sessions ADD COLUMN device TEXT",
            "ALTER TABLE account_merges ADD COLUMN undone_at BIGINT",
            "CREATE INDEX grants_by_account ON grants (account_id)",
            "CREATE INDEX accounts_by_email ON accounts (lower(email)) WHERE email IS NOT NULL",
            "CREATE INDEX clients_by_sector ON clients (sector)",
        ])
}
