import FoundationEssentials

/// A person of the school directory who is responsible for a child (journeys.md §2.4).
public struct Guardian: Sendable, Equatable {
    public typealias ID = RowID<Guardian>

    public let id: ID
    /// The key of the record in its source, unique; a second load of the same record changes it in
    /// place.
    public var sourceKey: String
    public var account: Account.ID
    /// « M. » or « Mme ».
    public var civility: String
    public var lastName: String
    public var firstName: String
    public var birthName: String?
    /// As the directory has it, in the form of E.164 (`+33639980001`). Not editable in EduConnect.
    public var mobilePhone: String?
    /// The address that the school knows; never a confirmed one.
    public var emailFromSchool: String?
    /// `yyyy-MM-dd`.
    public var birthDate: String?
    public var updatedAt: Date

    public init(
        id: ID, sourceKey: String, account: Account.ID, civility: String, lastName: String,
        firstName: String,
        birthName: String? = nil, mobilePhone: String? = nil, emailFromSchool: String? = nil,
        birthDate: String? = nil, updatedAt: Date
    ) {
        self.id = id
        self.sourceKey = sourceKey
        self.account = account
        self.civility = civility
        self.lastName = lastName
        self.firstName = firstName
        self.birthName = birthName
        self.mobilePhone = mobilePhone
        self.emailFromSchool = emailFromSchool
        self.birthDate = birthDate
        self.updatedAt = updatedAt
    }
}

extension Sequence<Guardian> {
    /// The record that the directory wrote last.
    public var latest: Guardian? { self.max { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) } }
}

/// Standard claims that the directory doesn't know (OpenID Connect Core §5.1). Only a demonstration
/// account has them.
public struct ProfileDetails: Sendable, Equatable {
    public var guardian: Guardian.ID
    public var middleName: String?
    public var nickname: String?
    public var profile: String?
    public var picture: String?
    public var website: String?
    public var gender: String?
    public var zoneinfo: String?
    public var locale: String?
    public var streetAddress: String?
    public var locality: String?
    public var region: String?
    public var postalCode: String?
    public var country: String?

    public init(
        guardian: Guardian.ID, middleName: String? = nil, nickname: String? = nil,
        profile: String? = nil,
        picture: String? = nil, website: String? = nil, gender: String? = nil,
        zoneinfo: String? = nil,
        locale: String? = nil, streetAddress: String? = nil, locality: String? = nil,
        region: String? = nil,
        postalCode: String? = nil, country: String? = nil
    ) {
        self.guardian = guardian
        self.middleName = middleName
        self.nickname = nickname
        self.profile = profile
        self.picture = picture
        self.website = website
        self.gender = gender
        self.zoneinfo = zoneinfo
        self.locale = locale
        self.streetAddress = streetAddress
        self.locality = locality
        self.region = region
        self.postalCode = postalCode
        self.country = country
    }
}
