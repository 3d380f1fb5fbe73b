import FoundationEssentials

private enum Statements {
    static let ofAccount = SQLStatement(
        """
        SELECT \(Guardian.columns) FROM guardians g WHERE g.account_id = $1 ORDER BY g.id
        """)
    static let byID = SQLStatement(
        "SELECT \(Guardian.columns) FROM guardians g WHERE g.id = $1")
    // Who belongs to which account is decided by the product, not by a later load of the directory.
    static let upsert = SQLStatement(
        """
        INSERT INTO guardians (id, source_key, account_id, civility, last_name, first_name,
            birth_name, mobile_phone, school_email, birth_date, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (source_key) DO UPDATE SET civility = excluded.civility,
            last_name = excluded.last_name, first_name = excluded.first_name,
            birth_name = excluded.birth_name, mobile_phone = excluded.mobile_phone,
            school_email = excluded.school_email, birth_date = excluded.birth_date,
            updated_at = excluded.updated_at
        RETURNING id
        """)
    static let details = SQLStatement(
        """
        SELECT guardian_id, middle_name, nickname, profile, picture, website, gender, zoneinfo,
            locale, street_address, locality, region, postal_code, country
        FROM profile_details WHERE guardian_id = $1
        """)
    static let upsertDetails = SQLStatement(
        """
        INSERT INTO profile_details (guardian_id, middle_name, nickname, profile, picture, website,
            gender, zoneinfo, locale, street_address, locality, region, postal_code, country)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (guardian_id) DO UPDATE SET middle_name = excluded.middle_name,
            nickname = excluded.nickname, profile = excluded.profile, picture = excluded.picture,
            website = excluded.website, gender = excluded.gender, zoneinfo = excluded.zoneinfo,
            locale = excluded.locale, street_address = excluded.street_address,
            locality = excluded.locality, region = excluded.region,
            postal_code = excluded.postal_code, country = excluded.country
        """)
}

extension Guardian {
    static let columns = """
        g.id, g.source_key, g.account_id, g.civility, g.last_name, g.first_name, g.birth_name, \
        g.mobile_phone, g.school_email, g.birth_date, g.updated_at
        """

    init(_ row: inout SQLColumns) throws {
        self.init(
            id: try row.id(), sourceKey: try row.text(), account: try row.id(),
            civility: try row.text(),
            lastName: try row.text(), firstName: try row.text(), birthName: try row.optionalText(),
            mobilePhone: try row.optionalText(), emailFromSchool: try row.optionalText(),
            birthDate: try row.optionalText(), updatedAt: try row.time())
    }
}

extension ProfileDetails {
    init(_ row: inout SQLColumns) throws {
        self.init(
            guardian: try row.id(), middleName: try row.optionalText(),
            nickname: try row.optionalText(),
            profile: try row.optionalText(), picture: try row.optionalText(),
            website: try row.optionalText(),
            gender: try row.optionalText(), zoneinfo: try row.optionalText(),
            locale: try row.optionalText(),
            streetAddress: try row.optionalText(), locality: try row.optionalText(),
            region: try row.optionalText(), postalCode: try row.optionalText(),
            country: try row.optionalText())
    }
}

extension StoreReading {
    /// The directory records of an account, oldest first: one, or several after a regrouping.
    public func guardians(of account: Account.ID) throws -> [Guardian] {
        try connection.all(Statements.ofAccount, [.id(account)]) { try Guardian(&$0) }
    }

    public func guardian(_ id: Guardian.ID) throws -> Guardian? {
        try connection.first(Statements.byID, [.id(id)]) { try Guardian(&$0) }
    }

    public func profileDetails(of guardian: Guardian.ID) throws -> ProfileDetails? {
        try connection.first(Statements.details, [.id(guardian)]) { try ProfileDetails(&$0) }
    }
}

extension StoreWriter {
    /// Writes the record under its source key; one that is known keeps its identifier and its
    /// account. Returns the identifier that stands.
    @discardableResult
    public func upsert(_ guardian: Guardian) throws -> Guardian.ID {
        let id: Guardian.ID? = try connection.first(
            Statements.upsert,
            [
                .id(guardian.id), .text(guardian.sourceKey), .id(guardian.account),
                .text(guardian.civility),
                .text(guardian.lastName), .text(guardian.firstName), .text(guardian.birthName),
                .text(guardian.mobilePhone), .text(guardian.emailFromSchool),
                .text(guardian.birthDate),
                .time(guardian.updatedAt),
            ]
        ) { try $0.id() }
        guard let id else { throw StoreError.corrupt(detail: "an upsert returned no row") }
        return id
    }

    public func upsert(_ details: ProfileDetails) throws {
        _ = try connection.change(
            Statements.upsertDetails,
            [
                .id(details.guardian), .text(details.middleName), .text(details.nickname),
                .text(details.profile),
                .text(details.picture), .text(details.website), .text(details.gender),
                .text(details.zoneinfo),
                .text(details.locale), .text(details.streetAddress), .text(details.locality),
                .text(details.region), .text(details.postalCode), .text(details.country),
            ])
    }
}
