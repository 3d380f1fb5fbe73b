import Tokens

/// A person as an identity provider tells of them, and as the civil register would confirm it.
struct Identity: Sendable, Equatable {
    /// With `password`, what the person types at the identity provider.
    let number: String
    /// Another name for the same: of FranceConnect's published test identities, or our own.
    let login: String
    /// What this identity is good for, in the list shown to newcomers.
    let note: String
    /// Of the birth certificate, in their order; a compound one keeps its hyphen.
    let givenNames: [String]
    /// At birth.
    var familyName: String
    /// The name used in daily life, where it is another.
    let preferredUsername: String?
    let gender: String
    /// As the identity provider has it: `1992-11-00` where the day is unknown.
    let rawBirthdate: String
    /// INSEE code of the commune; empty for who was born abroad, nil where it is missing.
    let birthplace: String?
    /// INSEE code of the country: 99100 is France.
    let birthcountry: String
    let email: String?
    /// FranceConnect's own refusal of this person: `Y010004`.
    let refusal: TechnicalError?

    static let password = "123"
    static let france = "99100"
    private static let genders: Set = ["male", "female", "unspecified"]

    /// `birthdate`: unknown months and days are completed with 01.
    var birthdate: String {
        let parts = rawBirthdate.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map { $0 == "00" ? "01" : String($0) }.joined(separator: "-")
    }

    /// Why FranceConnect sends this person away; nil for whom it lets pass.
    var obstacle: TechnicalError? {
        refusal ?? (isComplete ? nil : .incompleteIdentity)
    }

    /// The pivot identity, an address, and a date that can be one.
    var isComplete: Bool {
        guard let birthplace, let email, !email.isEmpty, !familyName.isEmpty,
            !givenNames.isEmpty, Self.genders.contains(gender), !birthcountry.isEmpty
        else { return false }
        // Who was born in France was born somewhere in it.
        if birthcountry == Self.france && birthplace.isEmpty { return false }
        return Self.isBirthdate(rawBirthdate)
    }

    /// `YYYY-MM-DD`, `YYYY-MM-00` or `YYYY-00-00`, but never a day of an unknown month.
    static func isBirthdate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return month == 0 ? day == 0 : month <= 12 && day <= 31
    }

    /// `sub`: 64 hexadecimal digits and `v1`. Clients of one entity see the same, others another;
    /// whoever's civil status is amended gets a new one.
    ///
    /// - Parameter secret: the simulator's own, so that nobody else can compute it.
    func subject(entity: String, secret: Secret) -> String {
        let place = birthcountry == Self.france ? birthplace ?? "" : ""
        let pivot = [givenNames.joined(separator: " "), familyName, birthdate, gender, place]
        let identity = Digest.sha256((pivot + [birthcountry]).joined(separator: "|"))
        let sealed = Digest.sha256(
            Array(entity.utf8) + Array(Hexadecimal.encode(identity.bytes).utf8) + secret.exposed)
        return Hexadecimal.encode(sealed.bytes) + "v1"
    }

    /// The same person after a change of family name, which the civil register has noted.
    var amended: Identity {
        var identity = self
        identity.familyName += " MARTIN"
        return identity
    }

    // MARK: As pages say it

    /// « M. Guillaume Dupond »
    var displayName: String {
        let names = [givenNames.first, preferredUsername ?? familyName].compactMap { $0 }
        return (civility + names).joined(separator: " ")
    }

    /// « né le 10/10/1965. »
    var displayBirth: String {
        let parts = birthdate.split(separator: "-").reversed()
        let born =
            switch gender {
            case "male": "né"
            case "female": "née"
            default: "né(e)"
            }
        return "\(born) le \(parts.joined(separator: "/"))."
    }

    private var civility: [String] {
        switch gender {
        case "male": ["M."]
        case "female": ["Mme"]
        default: []
        }
    }
}
