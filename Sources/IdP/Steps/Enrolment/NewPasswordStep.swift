import FoundationEssentials
import Flow
import HTML
import Parents
import Serving
import Store
import Tokens
import Web

/// B-4: the identifier to be noted, a password of one's own, and the end of journey B (J-B-22 to
/// J-B-28). Number, code and birth dates were proved; so the new password counts as one (D20).
struct NewPasswordStep: AuthenticationStep {
    static let id = StepID.newPassword
    static let hashesPassword = true

    enum Field {
        static let password = "password"
        static let confirmation = "confirmation"
        /// What the person noted: another one must be seen first.
        static let identifier = "identifier"
    }

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        guard let kept = try await kept(interaction, context) else {
            return EnrolmentOverPage(form: context.form)
        }
        return page(kept.account, context)
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let (account, others, family) = try await kept(interaction, context) else {
            return Transition(restarts: true, notice: .alreadyActive)
        }
        guard form[Field.identifier] == account.identifier else {
            return .again(page(account, context))
        }
        var errors = FieldErrors()
        let chosen = errors.newPassword(
            form[Field.password], in: Field.password, again: form[Field.confirmation],
            in: Field.confirmation, context.desk.policy.passwordRule,
            knownOfOwner: family.passwordContext(account))
        guard let password = chosen else { return .again(page(account, context, errors)) }
        let provisional = account.provisionalPasswordHash
        guard let hash = try await context.hash(ofNew: password, unlike: provisional) else {
            errors.add(
                Field.password,
                "Choisissez un mot de passe différent du mot de passe provisoire.")
            return .again(page(account, context, errors))
        }
        let opening = EnrolmentOpening(
            .selfEnrolled(passwordHash: hash), of: account, absorbing: others, interaction, context)
        guard let opening else { return Transition(restarts: true, notice: .alreadyActive) }
        let mail = AccountMails(desk: context.desk).activated(opening.account, at: context.now)
        return Transition(
            facts: [.proved(.password, at: context.now)] + interaction.facts.ofCode,
            who: .account(ProvedAccount(opening.account)),
            changes: opening.changes
                + [context.audit(.activated, account, "selfEnrolment"), mail].compactMap { $0 })
    }

    /// The account that opens, as it is now; nil where none may any more.
    private func kept(
        _ interaction: Interaction, _ context: StepContext
    ) async throws -> (account: Account, others: [Account], family: EnrolmentFamily)? {
        guard case .candidates(let guardians) = interaction.who else { return nil }
        let family = try await context.desk.store.read {
            try $0.enrolment(guardians, at: context.now)
        }
        guard
            case .activate(let account, let others) = EnrolmentEnd(family.accounts, .selfEnrolment)
        else { return nil }
        return (account, others, family)
    }

    private func page(
        _ account: Account, _ context: StepContext, _ errors: FieldErrors = FieldErrors()
    ) -> NewPasswordPage {
        NewPasswordPage(
            form: context.form, identifier: account.identifier,
            rule: context.desk.policy.passwordRule, errors: errors)
    }
}

/// B-4 (J-B-22 to J-B-26).
struct NewPasswordPage: Page {
    let form: StepForm
    let identifier: String
    let rule: PasswordRule
    let errors: FieldErrors

    private static let heading = "J'active mon compte"

    private func label(_ field: String) -> String {
        field == NewPasswordStep.Field.password
            ? "Je crée mon mot de passe" : "...et je le confirme en le saisissant à nouveau"
    }

    var title: String { title(Self.heading, hasError: !errors.isEmpty) }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        errors.summary(label)
        p(.class("lead")) {
            "Je prends note de mon identifiant\u{A0}: "
            strong(.id("identifier"), text: identifier)
        }
        PostForm(
            action: form.action, id: "new-password-form",
            hidden: form.hidden + [
                HiddenField(name: NewPasswordStep.Field.identifier, value: identifier)
            ]
        ) {
            PasswordField(
                label: label(NewPasswordStep.Field.password), name: NewPasswordStep.Field.password,
                hint: rule.shortHint, help: rule.longHint,
                error: errors[NewPasswordStep.Field.password],
                autocomplete: .newPassword,
                isAutofocused: errors.isFocused(NewPasswordStep.Field.password, otherwise: true))
            PasswordField(
                label: label(NewPasswordStep.Field.confirmation),
                name: NewPasswordStep.Field.confirmation,
                error: errors[NewPasswordStep.Field.confirmation], autocomplete: .newPassword,
                isAutofocused: errors.isFocused(NewPasswordStep.Field.confirmation))
            RequiredNote()
            ButtonRow {
                SubmitButton("Terminer", id: "finish")
                CancelButton()
            }
        }
        NeedHelp(.ownPassword)
    }
}

extension EnrolmentFamily {
    func passwordContext(_ account: Account) -> PasswordContext {
        PasswordContext(
            identifier: account.identifier, guardians: candidates.map(\.guardian),
            children: children.map(\.child))
    }
}

extension [Fact] {
    /// The code that was proved on the way.
    fileprivate var ofCode: [Fact] {
        filter { if case .proved(.smsCode, _) = $0 { true } else { false } }
    }
}
