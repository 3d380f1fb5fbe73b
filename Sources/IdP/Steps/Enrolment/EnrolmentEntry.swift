import Flow
import HTML
import Parents
import Store
import Tokens
import Web

/// What was typed at A-4 or B-1, bounded, and what is wrong with it.
struct EnrolmentEntry: Sendable {
    enum Field {
        static let lastName = "last-name"
        static let firstName = "first-name"
        static let mobileNumber = "mobile-number"
    }

    let lastName: String
    let firstName: String
    /// As typed.
    let mobileNumber: String
    /// Every number that the typed one can mean; empty for one that is wrong.
    let numbers: [MobileNumber]
    let errors: FieldErrors

    /// In Unicode scalars: longer than any name of a register.
    static let lengthMax = 100

    /// - Parameter asksNames: B-1 does; at A-4 the provider has told them.
    init(_ form: Form, asksNames: Bool) {
        var errors = FieldErrors()
        func value(_ field: String) -> String {
            let typed = form[field] ?? ""
            if typed.allSatisfy(\.isWhitespace) {
                errors.add(field, FieldWords.required)
            } else if typed.unicodeScalars.count > Self.lengthMax {
                errors.add(field, "Saisissez au plus \(Self.lengthMax) caractères.")
            }
            return form.typed(field, lengthMax: Self.lengthMax)
        }
        lastName = asksNames ? value(Field.lastName) : ""
        firstName = asksNames ? value(Field.firstName) : ""
        mobileNumber = value(Field.mobileNumber)
        do throws(MobileNumber.EntryError) {
            numbers = try MobileNumber.candidates(for: mobileNumber)
        } catch {
            numbers = []
            switch error {
            case .empty: errors.add(Field.mobileNumber, FieldWords.required)
            case .notAMobileNumber:
                errors.add(
                    Field.mobileNumber, "Le numéro de téléphone saisi n'est pas valable.")
            }
        }
        self.errors = errors
    }

    /// What is kept for the way back.
    init(_ draft: Draft?) {
        lastName = draft?.lastName ?? ""
        firstName = draft?.firstName ?? ""
        mobileNumber = draft?.mobileNumber ?? ""
        numbers = []
        errors = FieldErrors()
    }

    /// Tries of what the directory knows; a form that asks it nothing tries nothing.
    func attempts(_ context: StepContext) -> [AttemptRule] {
        guard errors.isEmpty else { return [] }
        return AttemptLimit.enrolmentForms(
            phones: numbers, network: context.network, context.desk.policy.enrolment)
    }

    /// Whom the typed number leads to, and the number as the directory has it; nil for nobody.
    ///
    /// A national writing can mean two numbers; where both lead to somebody, it tells nothing.
    func recognised(
        _ context: StepContext,
        _ choose: ([EnrolmentCandidate]) -> EnrolmentChoice
    ) async throws -> (choice: EnrolmentChoice, phone: MobileNumber)? {
        let (numbers, now) = (numbers, context.now)
        let found = try await context.desk.store.read { reader in
            try numbers.map { try reader.enrolmentCandidates(mobile: $0.e164, at: now) }
        }
        let matching = zip(numbers, found).map { (choice: choose($1), phone: $0) }
            .filter { $0.choice != .nobody }
        return matching.count == 1 ? matching.first : nil
    }

    static func label(_ field: String) -> String {
        switch field {
        case Field.lastName: "Nom"
        case Field.firstName: "Prénom"
        default: "N° de téléphone portable"
        }
    }

    /// Part of the screens that ask for the number.
    func numberField(isFirst: Bool) -> TextField {
        TextField(
            label: Self.label(Field.mobileNumber), name: Field.mobileNumber, value: mobileNumber,
            help: "Le numéro que vous avez indiqué sur la fiche de renseignement de début d'année "
                + "scolaire. En cas de changement, contactez l'établissement scolaire.",
            error: errors[Field.mobileNumber], type: .tel, autocomplete: .tel, inputmode: .tel,
            isAutofocused: errors.isFocused(Field.mobileNumber, otherwise: isFirst),
            maxlength: Self.lengthMax)
    }
}
