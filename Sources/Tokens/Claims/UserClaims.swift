import FoundationEssentials

/// What is known of a parent, released scope by scope. Source: Core §5.1, §5.4; design D10.
public struct UserClaims: Sendable, Equatable {
    public var subject: String
    public var givenName: String?
    public var familyName: String?
    public var middleName: String?
    public var nickname: String?
    /// Nil: given and family name.
    public var name: String?
    public var preferredUsername: String?
    public var profile: String?
    public var picture: String?
    public var website: String?
    public var gender: String?
    /// `YYYY-MM-DD`.
    public var birthdate: String?
    public var zoneinfo: String?
    public var locale: String?
    public var updatedAt: Date?
    public var email: String?
    public var emailVerified = false
    /// E.164.
    public var phoneNumber: String?
    public var phoneNumberVerified = false
    public var address: PostalAddress?
    public var children: [ChildClaim] = []
    public var educonnect: EduConnectClaims?

    public init(subject: String) {
        self.subject = subject
    }

    /// What only some clients may know (SR-34): of a child beyond name, level and school; of a person
    /// beyond what they are today.
    public enum Entitlement: String, Sendable, CaseIterable {
        case birthdate
        case ine
        /// No claim: which `sub` takes the place of one that is closed, in a logout token.
        case subjectChanges = "subject_changes"
    }
}

/// Core §5.1.1.
public struct PostalAddress: Sendable, Equatable {
    public var formatted: String?
    public var streetAddress: String?
    public var locality: String?
    public var region: String?
    public var postalCode: String?
    public var country: String?

    public init(
        formatted: String? = nil, streetAddress: String? = nil, locality: String? = nil,
        region: String? = nil, postalCode: String? = nil, country: String? = nil
    ) {
        self.formatted = formatted
        self.streetAddress = streetAddress
        self.locality = locality
        self.region = region
        self.postalCode = postalCode
        self.country = country
    }
}

/// One element of the claim `children` (scope `scolarite`).
public struct ChildClaim: Sendable, Equatable {
    /// Pairwise per sector, like `sub`.
    public var id: String
    public var givenName: String
    public var familyName: String
    /// `CP` … `3E`.
    public var level: String
    /// The school's national number.
    public var uai: String
    public var schoolName: String
    /// `YYYY-MM-DD`; only for clients entitled to it.
    public var birthdate: String?
    /// The national pupil number; only for clients entitled to it.
    public var ine: String?

    public init(
        id: String, givenName: String, familyName: String, level: String, uai: String,
        schoolName: String, birthdate: String? = nil, ine: String? = nil
    ) {
        self.id = id
        self.givenName = givenName
        self.familyName = familyName
        self.level = level
        self.uai = uai
        self.schoolName = schoolName
        self.birthdate = birthdate
        self.ine = ine
    }
}

/// The names that partners of the ministry's desk already read (scope `educonnect`, domain.md
/// §3.2).
public struct EduConnectClaims: Sendable, Equatable {
    /// `FrEduCtId`: opaque person id.
    public var id: String?
    /// `FrEduCtPersonAffiliation`: `resp1d`, `resp2d`.
    public var affiliations: [String]
    /// `FrEduCtRefId`.
    public var referenceIDs: [String]
    /// `FrEduCtDateConnexion`: `2025-01-22 10:36:11.979`, in the provider's time zone.
    public var connectedAt: String?
    /// `civility`: `Mme` or `M.`.
    public var civility: String?

    public init(
        id: String? = nil, affiliations: [String] = [], referenceIDs: [String] = [],
        connectedAt: String? = nil, civility: String? = nil
    ) {
        self.id = id
        self.affiliations = affiliations
        self.referenceIDs = referenceIDs
        self.connectedAt = connectedAt
        self.civility = civility
    }
}
