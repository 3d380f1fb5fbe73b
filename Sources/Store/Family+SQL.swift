import FoundationEssentials

private enum Statements {
    /// A row for each record, child and sector; what tells a new one from one that was read comes
    /// first. `$2` is now.
    static let ofAccount = SQLStatement(
        """
        SELECT c.id, i.sector, i.value, \(Guardian.columns), \(Child.columns),
            \(SchoolClass.columns), \(School.columns)
        FROM guardians g
        LEFT JOIN child_links l ON l.guardian_id = g.id AND l.legal_level = 'representative'
            AND (l.ended_at IS NULL OR l.ended_at > $2)
        LEFT JOIN children c ON c.id = l.child_id
        LEFT JOIN school_classes k ON k.id = c.class_id
        LEFT JOIN schools s ON s.uai = k.school
        LEFT JOIN subject_identifiers i ON i.owner_id = c.id AND i.kind = 'child'
        WHERE g.account_id = $1
        ORDER BY g.id
        """)
}

extension StoreReading {
    /// The account's records and the children that they represent now, with class, school and every
    /// identifier that they have: one query (J-§3.5).
    public func family(of account: Account.ID, at now: Date) throws -> Family {
        var guardians: [Guardian] = []
        var children: [Child.ID: FamilyChild] = [:]
        try connection.run(Statements.ofAccount, [.id(account), .time(now)]) { row in
            var columns = SQLColumns(row)
            let id: Child.ID? = try columns.optionalID()
            let sector = try columns.optionalText()
            let value = try columns.optionalText()
            let guardian = try Guardian(&columns)
            if guardians.last?.id != guardian.id { guardians.append(guardian) }
            guard let id else { return }
            var child = try children[id] ?? FamilyChild(view: ChildView(&columns))
            if let sector { child.subjects[sector] = value }
            children[id] = child
        }
        return Family(guardians: guardians, children: bySchoolAndName(children.values))
    }
}

/// A school's children stay together, also where two schools have one name; those without a school
/// come last. Sorted here, since databases order names by rules of their own.
private func bySchoolAndName(_ children: some Sequence<FamilyChild>) -> [FamilyChild] {
    let keyed = children.map { child in
        let (school, pupil) = (child.view.school, child.view.child)
        let place = (
            school == nil ? 1 : 0, PersonName.folded(school?.name ?? ""), school?.uai ?? ""
        )
        let name = (
            PersonName.folded(pupil.lastName), PersonName.folded(pupil.firstName), pupil.id
        )
        return (place: place, name: name, child: child)
    }
    return keyed.sorted { $0.place == $1.place ? $0.name < $1.name : $0.place < $1.place }
        .map(\.child)
}
