private enum Statements {
    static let byCode = SQLStatement("SELECT \(School.columns) FROM schools s WHERE s.uai = $1")
    static let upsert = SQLStatement(
        """
        INSERT INTO schools (uai, name, academy, sector, phone, email) VALUES ($1, $2, $3, $4, $5,
            $6)
        ON CONFLICT (uai) DO UPDATE SET name = excluded.name, academy = excluded.academy,
            sector = excluded.sector, phone = excluded.phone, email = excluded.email
        """)
    static let upsertClass = SQLStatement(
        """
        INSERT INTO school_classes (id, source_key, school, label, level) VALUES ($1, $2, $3, $4,
            $5)
        ON CONFLICT (source_key) DO UPDATE SET school = excluded.school, label = excluded.label,
            level = excluded.level
        RETURNING id
        """)
}

extension School {
    static let columns = "s.uai, s.name, s.academy, s.sector, s.phone, s.email"

    init(_ row: inout SQLColumns) throws {
        self.init(
            uai: try row.text(), name: try row.text(), academy: try row.text(),
            sector: try row.word(),
            phone: try row.optionalText(), email: try row.optionalText())
    }
}

extension SchoolClass {
    static let columns = "k.id, k.source_key, k.school, k.label, k.level"

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), sourceKey: try row.text(), school: try row.text(),
            label: try row.text(),
            level: try row.optionalText())
    }
}

extension StoreReading {
    public func school(_ uai: String) throws -> School? {
        try connection.first(Statements.byCode, [.text(uai)]) { try School(&$0) }
    }
}

extension StoreWriter {
    public func upsert(_ school: School) throws {
        _ = try connection.change(
            Statements.upsert,
            [
                .text(school.uai), .text(school.name), .text(school.academy),
                .text(school.sector.rawValue),
                .text(school.phone), .text(school.email),
            ])
    }

    /// Writes the record under its source key; returns the identifier that stands.
    @discardableResult
    public func upsert(_ schoolClass: SchoolClass) throws -> SchoolClass.ID {
        let id: SchoolClass.ID? = try connection.first(
            Statements.upsertClass,
            [
                .id(schoolClass.id), .text(schoolClass.sourceKey), .text(schoolClass.school),
                .text(schoolClass.label), .text(schoolClass.level),
            ]
        ) { try $0.id() }
        guard let id else { throw StoreError.corrupt(detail: "an upsert returned no row") }
        return id
    }
}
