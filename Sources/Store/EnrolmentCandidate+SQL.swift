import FoundationEssentials

private enum Statements {
    /// `$2` is now.
    static let candidates = """
        SELECT \(Guardian.columns), \(Account.columns)
        FROM guardians g
        JOIN accounts a ON a.id = g.account_id
        WHERE EXISTS (SELECT 1
        FROM child_links l
        WHERE l.guardian_id = g.id AND l.legal_level = 'representative' AND (l.ended_at IS NULL
            OR l.ended_at > $2))
        """
    static let byMobile = SQLStatement(
        "\(candidates) AND g.mobile_phone = $1 ORDER BY g.id LIMIT $3")
    static let byID = SQLStatement("\(candidates) AND g.id = $1")
}

extension EnrolmentCandidate {
    fileprivate init(_ row: inout SQLColumns) throws {
        self.init(guardian: try Guardian(&row), account: try Account(&row))
    }
}

extension StoreReading {
    /// The directory records with this number that represent a child now, oldest first; none if
    /// more than `sharingNumberMax` share it. The number is in the form of E.164, as the directory
    /// has it.
    public func enrolmentCandidates(mobile: String, at now: Date) throws -> [EnrolmentCandidate] {
        let limit = EnrolmentCandidate.sharingNumberMax
        let found = try connection.all(
            Statements.byMobile, [.text(mobile), .time(now), .count(limit + 1)]
        ) { try EnrolmentCandidate(&$0) }
        return found.count > limit ? [] : found
    }

    /// Those of the records that represent a child now, each once, oldest first. Steps read them
    /// anew, since a link may have ended since the number was typed.
    public func enrolmentCandidates(
        _ guardians: [Guardian.ID], at now: Date
    ) throws -> [EnrolmentCandidate] {
        try Set(guardians).sorted().compactMap { guardian in
            try connection.first(Statements.byID, [.id(guardian), .time(now)]) {
                try EnrolmentCandidate(&$0)
            }
        }
    }
}
