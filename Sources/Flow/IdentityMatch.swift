import Store

/// How well the names that somebody gives agree with a guardian of the directory.
///
/// Only a strong match enrols or links; a weak one needs a further proof and counts as not recognised
/// here. No distance between spellings is taken: members of a family differ by one letter. Source:
/// domain.md §2.3 rules 3, 4, 5 and 7; journeys.md §8.2 no. 5 to 7.
public enum IdentityMatch: Int, Comparable, Sendable {
    case none, weak, strong

    public static func < (one: IdentityMatch, other: IdentityMatch) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// Names as an upstream provider asserts them (FranceConnect's pivot identity, domain.md §1.4).
public struct PivotNames: Sendable, Equatable {
    /// The birth name.
    public var familyName: String
    /// The name in use, where it was asked for and differs.
    public var preferredUsername: String?
    /// One first name an entry, in civil order.
    public var givenNames: [String]?
    /// All first names in one text, with spaces between.
    public var givenName: String
    /// `male`, `female` or `unspecified`.
    public var gender: String?

    public init(
        familyName: String, preferredUsername: String? = nil, givenNames: [String]? = nil,
        givenName: String, gender: String? = nil
    ) {
        self.familyName = familyName
        self.preferredUsername = preferredUsername
        self.givenNames = givenNames
        self.givenName = givenName
        self.gender = gender
    }
}

extension IdentityMatch {
    /// Journey B: « Nom » and « Prénom » as typed.
    public static func ofTyped(
        lastName: String, firstName: String, with guardian: Guardian
    ) -> IdentityMatch {
        guard let typed = PersonName(firstName), let known = PersonName(guardian.firstName) else {
            return .none
        }
        let first: IdentityMatch =
            typed == known ? .strong : typed.shareFirstWord(known) ? .weak : .none
        return min(family([lastName], guardian), first)
    }

    /// Journey A, and the linking of an identity to an account.
    public static func ofPivot(_ names: PivotNames, with guardian: Guardian) -> IdentityMatch {
        let family = family(
            [names.familyName, names.preferredUsername].compactMap { $0 }, guardian)
        let match = min(family, first(names, guardian))
        // A contradiction lowers the match, and refuses nobody by itself.
        return match == .strong && contradicts(names.gender, guardian.civility) ? .weak : match
    }

    /// Whether two records are of one person, as far as names tell. Title, birth name and birth date
    /// must not speak against it: parents may share first name, name in use and telephone.
    public static func isOnePerson(_ one: Guardian, _ other: Guardian) -> Bool {
        guard let name = PersonName(one.lastName), name == PersonName(other.lastName),
            let first = PersonName(one.firstName), first == PersonName(other.firstName)
        else { return false }
        return agrees(birthName(one), birthName(other))
            && agrees(gender(one.civility), gender(other.civility))
            && agrees(one.birthDate, other.birthDate)
    }

    /// Rule 3: any name given against any name known.
    private static func family(_ given: [String], _ guardian: Guardian) -> IdentityMatch {
        let known = [guardian.lastName, guardian.birthName].compactMap {
            $0.flatMap(PersonName.init)
        }
        let pairs = given.compactMap(PersonName.init).flatMap { name in known.map { (name, $0) } }
        if pairs.contains(where: { $0 == $1 }) { return .strong }
        return pairs.contains { $0.contains($1) || $1.contains($0) } ? .weak : .none
    }

    /// Rule 4: the first of the given names.
    private static func first(_ names: PivotNames, _ guardian: Guardian) -> IdentityMatch {
        guard let known = PersonName(guardian.firstName) else { return .none }
        let whole = PersonName(names.givenName)
        var given = names.givenNames?.compactMap(PersonName.init) ?? []
        if given.isEmpty, whole != nil {
            if whole == known { return .strong }
            // The one text is all there is. Compound names keep their hyphen there.
            given = names.givenName.split(separator: " ").compactMap { PersonName(String($0)) }
        }
        if given.first == known { return .strong }
        let joined = (2...max(2, given.count)).map { count in
            given.prefix(count).map(\.spaced).joined(separator: " ")
        }
        let others = given.dropFirst() + joined.compactMap(PersonName.init)
        return others.contains(known) ? .weak : .none
    }

    private static func birthName(_ guardian: Guardian) -> PersonName? {
        guardian.birthName.flatMap(PersonName.init)
    }

    private static func contradicts(_ gender: String?, _ civility: String) -> Bool {
        guard let known = Self.gender(civility), let gender, ["male", "female"].contains(gender)
        else { return false }
        return gender != known
    }

    /// The gender of a title, in the words of OpenID Connect; nil for an unknown one.
    private static func gender(_ civility: String) -> String? {
        switch PersonName.folded(civility).filter(\.isLetter) {
        case "M", "MR", "MONSIEUR": "male"
        case "MME", "MLLE", "MADAME", "MADEMOISELLE": "female"
        default: nil
        }
    }

    /// What one side does not know contradicts nothing.
    private static func agrees<Value: Equatable>(_ one: Value?, _ other: Value?) -> Bool {
        guard let one, let other else { return true }
        return one == other
    }
}

extension PersonName {
    /// `MARTIN DURAND` holds `DURAND`: whole words that follow each other.
    fileprivate func contains(_ other: PersonName) -> Bool {
        let (mine, others) = (words, other.words)
        guard others.count < mine.count else { return false }
        return (0...mine.count - others.count).contains { start in
            mine[start..<start + others.count].elementsEqual(others)
        }
    }

    /// `JEAN` and `JEAN PHILIPPE`.
    fileprivate func shareFirstWord(_ other: PersonName) -> Bool {
        words.first == other.words.first && min(words.count, other.words.count) == 1
    }
}
