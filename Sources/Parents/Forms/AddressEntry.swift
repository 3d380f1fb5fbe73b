import HTML
import Messages
import Tokens

/// A mail address typed twice, as every form has it that asks for one (J-C-13, J-F-09).
public struct AddressEntry: Sendable {
    public enum Field {
        public static let email = "email"
        public static let emailAgain = "email-confirmation"
    }

    /// As typed, bounded, to be shown again.
    public let email: String
    public let emailAgain: String

    public init(_ form: Form) {
        email = form.typed(Field.email)
        emailAgain = form.typed(Field.emailAgain)
    }

    /// The same address in both fields.
    public init(both address: String) {
        email = address
        emailAgain = address
    }

    public static let nothing = AddressEntry(both: "")

    public var isEmpty: Bool { email.isEmpty && emailAgain.isEmpty }

    /// Nil, and the errors say why, for what no mail server can be handed, and for two that differ.
    public func address(_ errors: inout FieldErrors) -> MailAddress? {
        let address = MailAddress(typed: email)
        if address == nil {
            let isEmpty = email.allSatisfy { $0 == " " }
            errors.add(
                Field.email,
                isEmpty ? FieldWords.required : "L'adresse mail saisie n'est pas valide.")
        }
        if emailAgain.isEmpty {
            errors.add(Field.emailAgain, FieldWords.required)
        } else if let address, MailAddress(typed: emailAgain) != address {
            errors.add(
                Field.emailAgain, "Les deux adresses mail saisies ne sont pas identiques.")
        }
        return errors[Field.emailAgain] == nil ? address : nil
    }

    /// The same where an active account's address is to become another one than `confirmed`.
    public func newAddress(
        than confirmed: String?, _ errors: inout FieldErrors
    ) -> MailAddress? {
        let address = address(&errors)
        if let address, address == confirmed.flatMap({ MailAddress($0) }) {
            errors.add(Field.email, "Cette adresse est déjà votre adresse mail.")
            return nil
        }
        return address
    }
}

/// « Email », « Confirmez votre email » of C-6 and ACC-3.
public struct AddressFields: Component {
    let entry: AddressEntry
    let errors: FieldErrors

    private typealias Field = AddressEntry.Field

    public init(_ entry: AddressEntry, _ errors: FieldErrors) {
        self.entry = entry
        self.errors = errors
    }

    public static func label(_ field: String) -> String {
        field == Field.email ? "Email" : "Confirmez votre email"
    }

    public var markup: Markup {
        TextField(
            label: Self.label(Field.email), name: Field.email, value: entry.email,
            error: errors[Field.email], type: .email, autocomplete: .email, inputmode: .email,
            isAutofocused: errors.isFocused(Field.email, otherwise: true),
            maxlength: MailAddress.byteCountMax)
        TextField(
            label: Self.label(Field.emailAgain), name: Field.emailAgain, value: entry.emailAgain,
            error: errors[Field.emailAgain], type: .email, autocomplete: .email,
            inputmode: .email, isAutofocused: errors.isFocused(Field.emailAgain),
            maxlength: MailAddress.byteCountMax)
    }
}
