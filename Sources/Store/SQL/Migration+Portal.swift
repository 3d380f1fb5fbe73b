extension Migration {
    /// Which clients the portal shows: known without reading the policies of all the others.
    static let portal = Migration(
        number: 6, name: "portal",
        statements: [
            "ALTER TABLE clients ADD COLUMN has_tile BIGINT NOT NULL DEFAULT 0",
            #"UPDATE clients SET has_tile = 1 WHERE policy LIKE '%"tile":%'"#,
            """
            CREATE INDEX clients_with_tile ON clients (id)
            WHERE has_tile = 1 AND disabled_at IS NULL
            """,
        ])
}
