import FoundationEssentials
import Flow
import Store
import Tokens

extension UserClaims {
    /// What a record says, for the grant of a client.
    init(_ person: PersonRecord, of grant: Grant) {
        self.init(subject: grant.subject)
        if let guardian = person.guardian { add(guardian) }
        if let details = person.details { add(details) }
        preferredUsername = person.account.identifier
        updatedAt = max(person.account.updatedAt, person.guardian?.updatedAt ?? .distantPast)
        // An account holds no address but a confirmed one; what the school wrote down is none.
        email = person.account.email
        emailVerified = email != nil
        children = person.children.compactMap { child in
            person.childSubjects[.child(child.child.id)].map { ChildClaim(child, id: $0) }
        }
        educonnect = EduConnectClaims(
            id: grant.subject, affiliations: Self.affiliations(person.children),
            connectedAt: ParisTime.text(grant.authTime), civility: person.guardian?.civility)
    }

    private mutating func add(_ guardian: Guardian) {
        givenName = guardian.firstName
        familyName = guardian.lastName
        birthdate = guardian.birthDate
        phoneNumber = guardian.mobilePhone
        // The directory wrote it down; nobody has proved to hold it.
        phoneNumberVerified = false
    }

    private mutating func add(_ details: ProfileDetails) {
        middleName = details.middleName
        nickname = details.nickname
        profile = details.profile
        picture = details.picture
        website = details.website
        gender = details.gender
        zoneinfo = details.zoneinfo
        locale = details.locale
        let address = PostalAddress(
            streetAddress: details.streetAddress, locality: details.locality,
            region: details.region, postalCode: details.postalCode, country: details.country)
        if address != PostalAddress() { self.address = address }
    }

    /// `resp1d` for a child of a nursery or primary school, `resp2d` for an older one.
    private static func affiliations(_ children: [ChildView]) -> [String] {
        let levels = children.compactMap(\.schoolClass?.level)
        let isFirstDegree = levels.contains { firstDegree.contains($0.uppercased()) }
        let isSecondDegree = levels.contains { !firstDegree.contains($0.uppercased()) }
        return (isFirstDegree ? ["resp1d"] : []) + (isSecondDegree ? ["resp2d"] : [])
    }

    private static let firstDegree: Set = [
        "TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2",
    ]
}

extension ChildClaim {
    init(_ view: ChildView, id: String) {
        self.init(
            id: id, givenName: view.child.firstName, familyName: view.child.lastName,
            level: view.schoolClass?.level ?? "", uai: view.school?.uai ?? "",
            schoolName: view.school?.name ?? "", birthdate: view.child.birthDate,
            ine: view.child.ine)
    }
}

/// What the store knows of a person, as far as the scopes of a token go.
struct PersonRecord: Sendable {
    let account: Account
    /// An account may stand for several records of one person, a school each; the one that the
    /// directory wrote last speaks.
    let guardian: Guardian?
    let details: ProfileDetails?
    /// Whom the account represents now.
    let children: [ChildView]
    /// The pairwise identifiers of the children that have one.
    var childSubjects: [SubjectOwner: String]

    /// Nil when the account is gone.
    init?(
        of accountID: Account.ID, for scope: Scope, sector: String, in reader: some StoreReading,
        at now: Date
    ) throws {
        guard let account = try reader.account(accountID) else { return nil }
        self.account = account
        let named = ["profile", "phone", "address", "educonnect"].contains(where: scope.contains)
        guardian = named ? try reader.guardians(of: accountID).latest : nil
        let detailed = scope.contains("profile") || scope.contains("address")
        details = detailed ? try guardian.flatMap { try reader.profileDetails(of: $0.id) } : nil
        let schooled = scope.contains("scolarite") || scope.contains("educonnect")
        children = schooled ? try reader.children(of: accountID, at: now) : []
        childSubjects = [:]
        if scope.contains("scolarite"), !children.isEmpty {
            childSubjects = try reader.subjects(
                of: children.map { .child($0.child.id) }, sector: sector)
        }
    }

    /// Children that have no identifier in the sector yet: the directory gave them to the account after
    /// its last sign-in.
    var unnamedChildren: [Child.ID] {
        children.map(\.child.id).filter { childSubjects[.child($0)] == nil }
    }
}
