/// Who runs a school; the seeds treat the private sector apart (journeys.md §2.5).
public enum SchoolSector: String, Sendable, CaseIterable {
    case `public`, `private`
}

/// A school, known by its code (UAI).
public struct School: Sendable, Equatable {
    /// The code of the school: seven digits and a letter.
    public let uai: String
    public var name: String
    public var academy: String
    public var sector: SchoolSector
    public var phone: String?
    public var email: String?

    public init(
        uai: String, name: String, academy: String, sector: SchoolSector, phone: String? = nil,
        email: String? = nil
    ) {
        self.uai = uai
        self.name = name
        self.academy = academy
        self.sector = sector
        self.phone = phone
        self.email = email
    }
}

/// A class of a school: « CE1/2 », « Classe 2 Mme … ».
public struct SchoolClass: Sendable, Equatable {
    public typealias ID = RowID<SchoolClass>

    public let id: ID
    /// The key of the record in its source, unique.
    public var sourceKey: String
    public var school: String
    public var label: String
    /// The level of the children, such as `CE2`.
    public var level: String?

    public init(id: ID, sourceKey: String, school: String, label: String, level: String? = nil) {
        self.id = id
        self.sourceKey = sourceKey
        self.school = school
        self.label = label
        self.level = level
    }
}
