import Store

/// What an own password must be when it is set. Passwords that exist are verified whatever the rule
/// says now (SR-40). Source: journeys.md §2.12, J-F-03; SR-42.
public struct PasswordRule: Sendable, Equatable {
    public enum Characters: Sendable, Equatable {
        /// Unaccented letters and digits, one of each at least.
        case lettersAndDigits
        case any
    }

    /// In Unicode scalars.
    public let length: ClosedRange<Int>
    public let characters: Characters

    /// 8 to 14 unaccented letters and digits.
    public static let educonnect = PasswordRule(length: 8...14, characters: .lettersAndDigits)
    /// 12 to 128 characters of any kind.
    public static let modern = PasswordRule(length: 12...128, characters: .any)

    public func isKept(by password: String) -> Bool {
        let scalars = password.unicodeScalars
        // The bound on bytes spares the count of what is far too long.
        guard password.utf8.count <= 4 * length.upperBound, length.contains(scalars.count) else {
            return false
        }
        switch characters {
        case .any: return true
        case .lettersAndDigits:
            let isDigit = scalars.map { ("0"..."9").contains($0) }
            let isLetter = scalars.map { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
            return isDigit.contains(true) && isLetter.contains(true)
                && zip(isDigit, isLetter).allSatisfy { $0 || $1 }
        }
    }

    /// Under the field, and as its error.
    public var longHint: String {
        let lengths = "entre \(length.lowerBound) et \(length.upperBound) caractères"
        let kinds =
            switch characters {
            case .lettersAndDigits:
                " (uniquement chiffres et lettres non accentuées, minuscules ou majuscules, "
                    + "au moins un chiffre et une lettre)"
            case .any: ""
            }
        return "La valeur du champ \"Nouveau mot de passe\" doit comporter " + lengths + kinds + "."
    }

    /// The note of the older screens.
    public var shortHint: String {
        let kinds =
            switch characters {
            case .lettersAndDigits: ", chiffres ET lettres obligatoires"
            case .any: ""
            }
        return "\(length.lowerBound) caractères minimum, \(length.upperBound) caractères maximum"
            + kinds
    }
}

/// Why a password can't be set. That it differs from the present one is for the caller to see, who
/// alone can verify the present one.
public enum PasswordProblem: Sendable, Equatable, CaseIterable {
    /// The rule of the profile is not kept: its long hint says how.
    case rule
    /// One of those that everybody chooses.
    case common
    /// Made of what others know of this person: names, identifier, a child's birth date.
    case personal
}

/// What others know of the person who chooses a password (SR-43).
public struct PasswordContext: Sendable, Equatable {
    public var identifier: String
    /// Family names and first names of the guardian and the children, one an entry.
    public var names: [String]
    /// `yyyy-MM-dd`.
    public var birthDates: [String]

    public init(identifier: String, names: [String], birthDates: [String]) {
        self.identifier = identifier
        self.names = names
        self.birthDates = birthDates
    }
    /// What the directory says of an account's owner and their children.
    ///
    /// - Parameter birthDates: whether theirs count. Until the children's are proved they must not:
    ///   which password is refused would tell them.
    public init(
        identifier: String, guardians: [Guardian], children: [Child], birthDates: Bool = true
    ) {
        self.init(
            identifier: identifier,
            names: guardians.flatMap { [$0.lastName, $0.firstName] }
                + guardians.compactMap(\.birthName)
                + children.flatMap { [$0.lastName, $0.firstName] },
            birthDates: birthDates
                ? children.map(\.birthDate) + guardians.compactMap(\.birthDate) : [])
    }
}
