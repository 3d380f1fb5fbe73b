import Flow
import FoundationEssentials
import HTML
import Messages
import Parents
import Store
import Tokens
import Web

/// C-2b: the eldest child's birth date on a screen of its own, after C-2a (J-C-19, J-C-22).
struct VerificationStep: AuthenticationStep {
    static let id = StepID.verification

    enum Field {
        static let day = "day"
        static let month = "month"
        static let year = "year"
    }

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        guard let subject = try await context.activationSubject(interaction) else {
            return PasswordNotChangedPage(form: context.form(to: .passwordNotChanged))
        }
        return VerificationPage(subject, context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard (try? Entry(form).date()) != nil,
            let subject = try await context.activationSubject(interaction)
        else { return [] }
        return subject.birthDateAttempts(context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        guard let subject = try await context.activationSubject(interaction) else {
            return try await show(interaction, context)
        }
        var page = VerificationPage(subject, context)
        page.entry = Entry(form)
        page.message = subject.tooManyBirthDates(until: until, context)
        return page
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let subject = try await context.activationSubject(interaction),
            let hash = interaction.draft?.passwordHash
        else { return Transition(restarts: true) }
        var page = VerificationPage(subject, context)
        page.entry = Entry(form)
        let birthDate: BirthDateEntry
        do {
            birthDate = try Entry(form).date()
        } catch {
            switch error {
            case .empty: page.missing = Entry(form).missing
            case .notADate: page.error = FieldWords.noSuchDate
            }
            return .again(page)
        }
        guard subject.hasEldest(bornOn: birthDate) else {
            page.error = FieldWords.wrongBirthDate
            return .again(page, [context.audit(.birthDateRefused, subject.account)])
        }
        let address = interaction.draft?.email.flatMap { MailAddress($0) }
        return try await ActivationEnd(subject: subject, interaction: interaction, context: context)
            .transition(
                hash: hash, address: address, after: [.giveBackAttempts(context.counted)]
            ) { [page] wait in
                var page = page
                page.message = wait.tooManyAttempts
                return page
            }
    }

    /// The lines that were chosen of the three lists.
    struct Entry {
        let day: String
        let month: String
        let year: String

        init(_ form: Form) {
            day = form.typed(Field.day)
            month = form.typed(Field.month)
            year = form.typed(Field.year)
        }

        /// The lists in which nothing was chosen.
        var missing: FieldErrors {
            var errors = FieldErrors()
            for (field, value) in [(Field.day, day), (Field.month, month), (Field.year, year)]
            where value.isEmpty {
                errors.add(field, FieldWords.required)
            }
            return errors
        }

        func date() throws(BirthDateEntry.EntryError) -> BirthDateEntry {
            try BirthDateEntry(day: day, month: month, year: year)
        }
    }
}
