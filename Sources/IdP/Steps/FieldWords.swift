import Flow
import Tokens

/// What fields of several forms say.
enum FieldWords {
    static let required = "Champ obligatoire"
    static let wrongBirthDate = "La date de naissance saisie est incorrecte"
    static let samePassword =
        "Le nouveau mot de passe doit être différent de votre mot de passe actuel."

    static func of(_ error: BirthDateEntry.EntryError) -> String {
        switch error {
        case .empty: required
        case .notADate: "Saisissez une date qui existe, de la forme jj/mm/aaaa."
        }
    }

    static func of(_ problem: PasswordProblem, _ rule: PasswordRule) -> String {
        switch problem {
        case .rule: rule.longHint
        case .common: "Ce mot de passe est trop facile à deviner. Choisissez-en un autre."
        case .personal:
            "Ce mot de passe contient des informations que d'autres connaissent (nom, prénom, "
                + "identifiant, date). Choisissez-en un autre."
        }
    }
}

extension Form {
    /// What was typed into a field, cut after so many Unicode scalars: nothing right is longer.
    func typed(_ name: String, lengthMax: Int = 320) -> String {
        String(String.UnicodeScalarView((self[name] ?? "").unicodeScalars.prefix(lengthMax)))
    }
}
