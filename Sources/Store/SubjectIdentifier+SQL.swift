private enum Statements {
    static let value = SQLStatement(
        "SELECT value FROM subject_identifiers WHERE owner_id = $1 AND sector = $2 AND kind = $3")
    static let owner = SQLStatement(
        "SELECT kind, owner_id FROM subject_identifiers WHERE sector = $1 AND value = $2")
    static let insert = SQLStatement(
        """
        INSERT INTO subject_identifiers (owner_id, sector, kind, value) VALUES ($1, $2, $3, $4)
        ON CONFLICT (owner_id, sector, kind) DO NOTHING
        """)
}

extension SubjectOwner {
    fileprivate var kind: SQLValue {
        switch self {
        case .account: .text("account")
        case .child: .text("child")
        }
    }

    fileprivate var key: SQLValue {
        switch self {
        case .account(let id): .id(id)
        case .child(let id): .id(id)
        }
    }
}

extension StoreReading {
    public func subject(of owner: SubjectOwner, sector: String) throws -> String? {
        try connection.first(Statements.value, [owner.key, .text(sector), owner.kind]) {
            try $0.text()
        }
    }

    /// Those that exist; an owner that no client of the sector has seen has none.
    public func subjects(of owners: [SubjectOwner], sector: String) throws -> [SubjectOwner: String]
    {
        var found: [SubjectOwner: String] = [:]
        for owner in owners { found[owner] = try subject(of: owner, sector: sector) }
        return found
    }

    /// Whom a `sub` stands for, as an `id_token_hint` needs it.
    public func owner(ofSubject value: String, sector: String) throws -> SubjectOwner? {
        try connection.first(Statements.owner, [.text(sector), .text(value)]) { row in
            switch try row.text() {
            case "account": SubjectOwner.account(try row.id())
            case "child": SubjectOwner.child(try row.id())
            case let kind: throw StoreError.corrupt(detail: "no subject has the kind “\(kind)”")
            }
        }
    }
}

extension StoreWriter {
    /// Writes it unless the owner has one in this sector; returns the one that stands (design D8).
    ///
    /// Throws `.conflict` if the value belongs to somebody else.
    public func ensure(_ subject: SubjectIdentifier) throws -> String {
        let isNew = try connection.changesOne(
            Statements.insert,
            [subject.owner.key, .text(subject.sector), subject.owner.kind, .text(subject.value)])
        if isNew { return subject.value }
        guard let value = try self.subject(of: subject.owner, sector: subject.sector) else {
            throw StoreError.corrupt(detail: "a subject identifier is neither new nor there")
        }
        return value
    }
}
