extension Migration {
    /// Couriers ask for one kind at a time: a kind that waits for its gateway, however long its line,
    /// costs the others nothing.
    static let outbox = Migration(
        number: 4, name: "outbox",
        statements: [
            "CREATE INDEX outbox_due ON outbox (kind, not_before) WHERE delivered_at IS NULL",
            "DROP INDEX outbox_waiting",
        ])
}
