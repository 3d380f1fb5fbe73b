import Flow
import FoundationEssentials
import HTML
import Messages
import Parents
import Serving
import Store
import Tokens
import Web

/// C-2, the form that opens an account with the letter's password (J-C-12 to J-C-26, T6); C-2a where
/// the installation keeps the form in two screens (J-C-22); and the same form where a password must be
/// replaced (T12b, the national flag).
///
/// Nothing is stored unless everything is right. What the guardian must know is looked at only when
/// all else is in order, so that a form costs a try exactly when it tries something.
struct ActivationStep: AuthenticationStep {
    static let id = StepID.activation
    static let hashesPassword = true

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        guard let subject = try await context.activationSubject(interaction) else {
            return PasswordNotChangedPage(form: context.form(to: .passwordNotChanged))
        }
        return ActivationPage(subject, context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard let subject = try await context.activationSubject(interaction),
            asksBirthDate(subject, context), entry(form, subject, context).errors.isEmpty
        else { return [] }
        return subject.birthDateAttempts(context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        guard let subject = try await context.activationSubject(interaction) else {
            return try await show(interaction, context)
        }
        var page = ActivationPage(subject, context)
        page.entry = entry(form, subject, context)
        page.message = subject.tooManyBirthDates(until: until, context)
        return page
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let subject = try await context.activationSubject(interaction) else {
            return Transition(restarts: true)
        }
        let rule = context.desk.policy.passwordRule
        let entry = entry(form, subject, context)
        var page = ActivationPage(subject, context)
        page.entry = entry
        page.errors = entry.errors
        guard entry.errors.isEmpty, let password = entry.password else { return .again(page) }
        var changes: [Change] = []
        let asksBirthDate = asksBirthDate(subject, context)
        if asksBirthDate {
            guard subject.hasEldest(bornOn: entry.birthDate) else {
                page.errors.add(ActivationEntry.Field.birthDate, FieldWords.wrongBirthDate)
                return .again(page, [context.audit(.birthDateRefused, subject.account)])
            }
            changes.append(.giveBackAttempts(context.counted))
        }
        // With the birth dates, once they tell nothing that was not proved.
        if asksBirthDate || !subject.form.asksBirthDate,
            let problem = rule.problem(
                of: password, context: subject.passwordContext(birthDates: true))
        {
            page.errors.add(ActivationEntry.Field.password, problem, rule)
            return .again(page, changes)
        }
        guard let hash = try await context.hash(ofNew: password, unlike: subject.presentHash) else {
            page.errors.add(ActivationEntry.Field.password, FieldWords.samePassword)
            return .again(page, changes)
        }
        if subject.form.asksBirthDate, !asksBirthDate {
            return Transition(draft: .set(Draft(email: entry.address?.text, passwordHash: hash)))
        }
        return try await ActivationEnd(subject: subject, interaction: interaction, context: context)
            .transition(hash: hash, address: entry.address, after: changes) { [page] wait in
                var page = page
                page.message = wait.tooManyAttempts
                return page
            }
    }

    /// Whether this screen asks for the birth date, rather than a second one or none.
    private func asksBirthDate(_ subject: ActivationSubject, _ context: StepContext) -> Bool {
        subject.form.asksBirthDate && context.desk.policy.screens.activationForm == .oneScreen
    }

    private func entry(
        _ form: Form, _ subject: ActivationSubject, _ context: StepContext
    ) -> ActivationEntry {
        ActivationEntry(
            form, for: subject, asksBirthDate: asksBirthDate(subject, context),
            context.desk.policy.passwordRule)
    }
}

extension ActivationSubject {
    /// False for an account without a child.
    func hasEldest(bornOn entry: BirthDateEntry?) -> Bool {
        guard let eldest, let entry else { return false }
        return entry.matches(eldest.birthDate)
    }

    func birthDateAttempts(_ context: StepContext) -> [AttemptRule] {
        AttemptLimit.birthDates(
            guardians: guardians, letterOf: account, context.desk.policy, at: context.now)
    }

    /// Who must wait for longer than the letter is good is told so: a new one is the way out.
    func tooManyBirthDates(until: Date, _ context: StepContext) -> String {
        let limits = context.desk.policy.provisionalPassword
        if PasswordStanding(account, at: until, limits) == .provisional(expired: true) {
            return FieldWords.provisionalExpired
        }
        return Wait(until: until, now: context.now).tooManyAttempts
    }
}
