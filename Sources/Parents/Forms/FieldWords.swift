import Flow
import HTML
import Tokens

/// What fields of several forms say.
public enum FieldWords {
    public static let required = "Champ obligatoire"
    public static let wrongBirthDate = "La date de naissance saisie est incorrecte"
    public static let samePassword =
        "Le nouveau mot de passe doit être différent de votre mot de passe actuel."

    /// Of a letter's password (J-S-18).
    public static let provisionalExpired =
        "Votre mot de passe provisoire n'est plus valable. Contactez le directeur d'école pour qu'il "
        + "vous transmette à nouveau un courrier de notification."

    /// Of a date chosen part by part.
    public static let noSuchDate = "Choisissez une date qui existe."

    public static func of(_ error: BirthDateEntry.EntryError) -> String {
        switch error {
        case .empty: required
        case .notADate: "Saisissez une date qui existe, de la forme jj/mm/aaaa."
        }
    }
}

extension FieldErrors {
    public mutating func add(_ field: String, _ problem: PasswordProblem, _ rule: PasswordRule) {
        switch problem {
        // The long hint calls the field by the name that it has on one screen only.
        case .rule: add(field, rule.longHint, brief: rule.shortHint + ".")
        case .common:
            add(
                field,
                "Ce mot de passe est trop facile à deviner. Choisissez-en un autre, sans mot courant, "
                    + "prénom, lieu ni année.")
        case .personal:
            add(
                field,
                "Ce mot de passe contient des informations que d'autres connaissent (nom, prénom, "
                    + "identifiant, date). Choisissez-en un autre.")
        }
    }
}

extension Form {
    /// What was typed into a field, cut after so many Unicode scalars: nothing right is longer.
    public func typed(_ name: String, lengthMax: Int = 320) -> String {
        String(String.UnicodeScalarView((self[name] ?? "").unicodeScalars.prefix(lengthMax)))
    }
}
