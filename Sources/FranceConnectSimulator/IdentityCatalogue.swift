import Serving
import Tokens

/// Everybody who can sign in here: made-up people, and FranceConnect's published test identities.
struct IdentityCatalogue: Sendable {
    let identities: [Identity]
    private let byNumber: [String: Identity]

    /// Throws what is wrong with a document of this shape, each with its path.
    init(parsing bytes: [UInt8]) throws(ConfigurationErrors) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw ConfigurationErrors(["identities: not JSON (\(error.code))"])
        }
        let reader = ObjectReader(json)
        let identities = reader.objects("identities").compactMap { Identity($0) }
        try reader.finish()
        let names = identities.flatMap { [($0.number, $0), ($0.login, $0)] }
        byNumber = Dictionary(names, uniquingKeysWith: { first, _ in first })
        guard byNumber.count == names.count else {
            throw ConfigurationErrors(["identities: a number or login comes twice"])
        }
        self.identities = identities
    }

    /// By number or login.
    func identity(_ number: String) -> Identity? { byNumber[number] }

    /// Who types these; nil for nobody.
    func signIn(_ number: String, password: String) -> Identity? {
        let known = Array(Identity.password.utf8)
        guard let identity = byNumber[number], ConstantTime.equal(Array(password.utf8), known)
        else { return nil }
        return identity
    }
}

extension Identity {
    /// Nil where something is wrong, which the reader has noted. What an identity provider could
    /// leave out may be missing here.
    fileprivate init?(_ reader: ObjectReader) {
        let number = reader.string("number")
        let login = reader.string("login")
        let note = reader.string("note")
        let givenNames = reader.strings("given_names")
        let familyName = reader.string("family_name")
        preferredUsername = reader.optionalString("preferred_username")
        gender = reader.optionalString("gender") ?? ""
        let birthdate = reader.string("birthdate")
        birthplace = reader.value("birthplace")?.string
        let country = reader.string("birthcountry")
        email = reader.optionalString("email")
        refusal =
            reader.has("refusal")
            ? reader.choice("refusal", TechnicalError.init(rawValue:)) : nil
        reader.refuseUnknown()
        guard let number, let login, let note, let familyName, let birthdate, let country
        else { return nil }
        self.number = number
        self.login = login
        self.note = note
        self.givenNames = givenNames
        self.familyName = familyName
        rawBirthdate = birthdate
        birthcountry = country
    }
}
