import FoundationEssentials

private enum Statements {
    /// `$2` is now.
    static let represented = """
        SELECT \(Child.columns), \(SchoolClass.columns), \(School.columns)
        FROM guardians g
        JOIN child_links l ON l.guardian_id = g.id
        JOIN children c ON c.id = l.child_id
        LEFT JOIN school_classes k ON k.id = c.class_id
        LEFT JOIN schools s ON s.uai = k.school
        WHERE l.legal_level = 'representative' AND (l.ended_at IS NULL OR l.ended_at > $2)
        """
    static let ofAccount = SQLStatement("\(represented) AND g.account_id = $1")
    static let ofGuardian = SQLStatement("\(represented) AND g.id = $1")
    static let upsert = SQLStatement(
        """
        INSERT INTO children (id, source_key, last_name, first_name, birth_date, ine, class_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (source_key) DO UPDATE SET last_name = excluded.last_name,
            first_name = excluded.first_name, birth_date = excluded.birth_date, ine = excluded.ine,
            class_id = excluded.class_id
        RETURNING id
        """)
    static let upsertLink = SQLStatement(
        """
        INSERT INTO child_links (guardian_id, child_id, legal_level, ended_at) VALUES ($1, $2, $3,
            $4)
        ON CONFLICT (guardian_id, child_id) DO UPDATE SET legal_level = excluded.legal_level,
            ended_at = excluded.ended_at
        """)
}

extension Child {
    static let columns =
        "c.id, c.source_key, c.last_name, c.first_name, c.birth_date, c.ine, c.class_id"

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), sourceKey: try row.text(), lastName: try row.text(),
            firstName: try row.text(),
            birthDate: try row.text(), ine: try row.optionalText(),
            schoolClass: try row.optionalID())
    }
}

extension ChildView {
    init(_ row: inout SQLColumns) throws {
        let child = try Child(&row)
        guard !row.isNull else {
            self.init(child: child, schoolClass: nil, school: nil)
            return
        }
        let schoolClass = try SchoolClass(&row)
        self.init(
            child: child, schoolClass: schoolClass, school: row.isNull ? nil : try School(&row))
    }
}

extension StoreReading {
    /// The children that the account's guardians represent now, eldest first; one that two of its
    /// guardians are linked to comes once.
    public func children(of account: Account.ID, at now: Date) throws -> [ChildView] {
        let rows = try connection.all(Statements.ofAccount, [.id(account), .time(now)]) {
            try ChildView(&$0)
        }
        return eldestFirst(rows)
    }

    /// The children that these guardians represent now, eldest first, each once.
    public func children(of guardians: [Guardian.ID], at now: Date) throws -> [ChildView] {
        let rows = try Set(guardians).flatMap { guardian in
            try connection.all(Statements.ofGuardian, [.id(guardian), .time(now)]) {
                try ChildView(&$0)
            }
        }
        return eldestFirst(rows)
    }
}

/// Each child once. Sorted here, since databases order names by rules of their own.
private func eldestFirst(_ rows: [ChildView]) -> [ChildView] {
    var seen: Set<Child.ID> = []
    return rows.filter { seen.insert($0.child.id).inserted }
        .sorted {
            ($0.child.birthDate, $0.child.firstName, $0.child.id)
                < ($1.child.birthDate, $1.child.firstName, $1.child.id)
        }
}

extension StoreWriter {
    /// Writes the record under its source key; returns the identifier that stands.
    @discardableResult
    public func upsert(_ child: Child) throws -> Child.ID {
        let id: Child.ID? = try connection.first(
            Statements.upsert,
            [
                .id(child.id), .text(child.sourceKey), .text(child.lastName),
                .text(child.firstName),
                .text(child.birthDate), .text(child.ine), .id(child.schoolClass),
            ]
        ) { try $0.id() }
        guard let id else { throw StoreError.corrupt(detail: "an upsert returned no row") }
        return id
    }

    public func upsert(_ link: ChildLink) throws {
        _ = try connection.change(
            Statements.upsertLink,
            [
                .id(link.guardian), .id(link.child), .text(link.legalLevel.rawValue),
                .time(link.endedAt),
            ])
    }
}
