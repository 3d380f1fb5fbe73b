import FoundationEssentials

/// A pupil of the directory (journeys.md §2.5).
public struct Child: Sendable, Equatable {
    public typealias ID = RowID<Child>

    public let id: ID
    /// The key of the record in its source, unique.
    public var sourceKey: String
    public var lastName: String
    public var firstName: String
    /// `yyyy-MM-dd`.
    public var birthDate: String
    /// The national pupil number; only for clients that are entitled to it (design D10).
    public var ine: String?
    public var schoolClass: SchoolClass.ID?

    public init(
        id: ID, sourceKey: String, lastName: String, firstName: String, birthDate: String,
        ine: String? = nil,
        schoolClass: SchoolClass.ID? = nil
    ) {
        self.id = id
        self.sourceKey = sourceKey
        self.lastName = lastName
        self.firstName = firstName
        self.birthDate = birthDate
        self.ine = ine
        self.schoolClass = schoolClass
    }
}

/// What the directory says of a guardian's responsibility for a child.
///
/// Only a representative sees the child; who is in charge of it or to be called does not (domain.md
/// §5).
public enum LegalLevel: String, Sendable, CaseIterable {
    case representative, inCharge, contact
}

/// A guardian and a child. The feed alone makes and ends links.
public struct ChildLink: Sendable, Equatable {
    public var guardian: Guardian.ID
    public var child: Child.ID
    public var legalLevel: LegalLevel
    /// From this moment on the link gives no right (a court decision can end it overnight).
    public var endedAt: Date?

    public init(
        guardian: Guardian.ID, child: Child.ID, legalLevel: LegalLevel, endedAt: Date? = nil
    ) {
        self.guardian = guardian
        self.child = child
        self.legalLevel = legalLevel
        self.endedAt = endedAt
    }
}

/// A child with its class and school, as an account that represents it may see it now.
public struct ChildView: Sendable, Equatable {
    public var child: Child
    public var schoolClass: SchoolClass?
    public var school: School?

    public init(child: Child, schoolClass: SchoolClass?, school: School?) {
        self.child = child
        self.schoolClass = schoolClass
        self.school = school
    }
}
