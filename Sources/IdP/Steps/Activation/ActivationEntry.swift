import Flow
import HTML
import Messages
import Parents
import Store
import Tokens

/// What was typed into C-2, C-2a or a variant, as far as it can be judged without looking at anything
/// that the guardian must know.
struct ActivationEntry {
    enum Field {
        static let email = AddressEntry.Field.email
        static let emailAgain = AddressEntry.Field.emailAgain
        static let password = "new-password"
        static let passwordAgain = "new-password-confirmation"
        static let birthDate = "birth-date"
    }

    /// As typed, bounded, to be shown again; passwords never are.
    let addresses: AddressEntry
    let birthDateText: String
    private(set) var address: MailAddress?
    /// Kept by the rule, typed twice alike, and not one that everybody chooses.
    private(set) var password: String?
    private(set) var birthDate: BirthDateEntry?
    private(set) var errors = FieldErrors()

    /// - Parameter asksBirthDate: whether this screen does.
    init(_ form: Form, for subject: ActivationSubject, asksBirthDate: Bool, _ rule: PasswordRule) {
        addresses = AddressEntry(form)
        birthDateText = form.typed(Field.birthDate)
        // C-2a asks for the password first, and errors stand in the order of the screen.
        let isInTwoScreens = subject.form.asksBirthDate && !asksBirthDate
        if isInTwoScreens { readPassword(form, subject, rule) }
        if subject.form.asksAddress, !isLeftOut(subject.form) {
            address = addresses.address(&errors)
        }
        if !isInTwoScreens { readPassword(form, subject, rule) }
        if asksBirthDate { readBirthDate() }
    }

    /// Where the address isn't asked for to open the account it may stay empty.
    private func isLeftOut(_ form: ActivationSubject.Form) -> Bool {
        form != .activation && addresses.isEmpty
    }

    private mutating func readPassword(
        _ form: Form, _ subject: ActivationSubject, _ rule: PasswordRule
    ) {
        password = errors.newPassword(
            form[Field.password], in: Field.password, again: form[Field.passwordAgain],
            in: Field.passwordAgain, rule,
            knownOfOwner: subject.passwordContext(birthDates: false))
    }

    private mutating func readBirthDate() {
        do {
            birthDate = try BirthDateEntry(birthDateText)
        } catch {
            errors.add(Field.birthDate, FieldWords.of(error))
        }
    }
}
