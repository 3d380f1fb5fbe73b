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
        static let email = "email"
        static let emailAgain = "email-confirmation"
        static let password = "new-password"
        static let passwordAgain = "new-password-confirmation"
        static let birthDate = "birth-date"
    }

    /// As typed, bounded, to be shown again; passwords never are.
    let email: String
    let emailAgain: String
    let birthDateText: String
    private(set) var address: MailAddress?
    /// Kept by the rule, typed twice alike, and not one that everybody chooses.
    private(set) var password: String?
    private(set) var birthDate: BirthDateEntry?
    private(set) var errors = FieldErrors()

    /// - Parameter asksBirthDate: whether this screen does.
    init(_ form: Form, for subject: ActivationSubject, asksBirthDate: Bool, _ rule: PasswordRule) {
        email = form.typed(Field.email)
        emailAgain = form.typed(Field.emailAgain)
        birthDateText = form.typed(Field.birthDate)
        // C-2a asks for the password first, and errors stand in the order of the screen.
        let isInTwoScreens = subject.form.asksBirthDate && !asksBirthDate
        if isInTwoScreens { readPassword(form, subject, rule) }
        if subject.form.asksAddress, !isLeftOut(subject.form) {
            address = errors.address(email, again: emailAgain)
        }
        if !isInTwoScreens { readPassword(form, subject, rule) }
        if asksBirthDate { readBirthDate() }
    }

    /// Where the address isn't asked for to open the account it may stay empty.
    private func isLeftOut(_ form: ActivationSubject.Form) -> Bool {
        form != .activation && email.isEmpty && emailAgain.isEmpty
    }

    private mutating func readPassword(
        _ form: Form, _ subject: ActivationSubject, _ rule: PasswordRule
    ) {
        let typed = form[Field.password] ?? ""
        let again = form[Field.passwordAgain] ?? ""
        if typed.isEmpty {
            errors.add(Field.password, FieldWords.required)
        } else if let problem = rule.problem(
            of: typed, context: subject.passwordContext(birthDates: false))
        {
            errors.add(Field.password, problem, rule)
        } else if again.isEmpty {
            errors.add(Field.passwordAgain, FieldWords.required)
        } else if Array(typed.utf8) != Array(again.utf8) {
            errors.add(
                Field.passwordAgain, "Les deux mots de passe saisis ne sont pas identiques.")
        } else {
            password = typed
        }
    }

    private mutating func readBirthDate() {
        do {
            birthDate = try BirthDateEntry(birthDateText)
        } catch {
            errors.add(Field.birthDate, FieldWords.of(error))
        }
    }
}

extension FieldErrors {
    /// An address typed twice (J-C-13, J-F-09), under the names of `ActivationEntry.Field`; nil, and the
    /// errors say why, for what no mail server can be handed.
    mutating func address(_ email: String, again: String) -> MailAddress? {
        typealias Field = ActivationEntry.Field
        let address = MailAddress(typed: email)
        if address == nil {
            let isEmpty = email.allSatisfy { $0 == " " }
            add(
                Field.email,
                isEmpty ? FieldWords.required : "L'adresse mail saisie n'est pas valide.")
        }
        if again.isEmpty {
            add(Field.emailAgain, FieldWords.required)
        } else if let address, MailAddress(typed: again) != address {
            add(Field.emailAgain, "Les deux adresses mail saisies ne sont pas identiques.")
        }
        return self[Field.emailAgain] == nil ? address : nil
    }
}
