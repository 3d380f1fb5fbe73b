import Flow
import FoundationEssentials
import HTML
import Parents
import Serving
import Store
import Tokens
import Web

/// PWD-3 after a code (J-X-12, J-X-13, J-X-16). After a mail it is `PasswordResetEndpoint`.
struct ResetPasswordStep: AuthenticationStep {
    static let id = StepID.resetPassword
    static let hashesPassword = true

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(context)
    }

    /// The proof is the code that was right in this flow.
    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        guard case .codeProved(_, let until)? = interaction.recovery else { return [] }
        let proof = interaction.id.address + "|" + String(until.timeIntervalSince1970)
        return PasswordReset(desk: context.desk).tries(
            form, proof: Array(proof.utf8), lifetime: context.desk.policy.smsCode.lifetime)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? { interaction.recovery?.provedAccount?.id }

    /// The tries last as long as the proof: nothing to wait for.
    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        RetryPage(
            heading: LostPasswordPage.heading, message: RetryPage.voidCodeToAskAnew,
            retry: context.path(to: .lostPassword), help: .lost)
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let owner = interaction.recovery?.provedAccount else {
            return Transition(restarts: true)
        }
        guard let place = context.place else { throw WorkerPool.Busy() }
        let outcome = try await PasswordReset(desk: context.desk).outcome(
            form, of: owner, browser: interaction.browser, counted: context.counted, on: place,
            at: context.now)
        switch outcome {
        case .refused(let errors):
            return .again(
                page(context, form, errors: errors), [.giveBackAttempts(context.counted)])
        case .missed(let errors):
            let account = try await context.desk.store.read { try $0.account(owner.id) }
            return .again(
                page(context, form, errors: errors), [context.audit(.resetRefused, account, "sms")]
            )
        case .void: return Transition(restarts: true)
        case .set(let account, let changes):
            return Transition(
                recovery: .set(.passwordSet),
                changes: changes + [context.audit(.passwordRecovered, account, "sms")])
        }
    }

    private func page(
        _ context: StepContext, _ typed: Form? = nil, errors: FieldErrors = FieldErrors()
    ) -> PasswordResetPage {
        PasswordResetPage(
            context.form, context.desk.policy.passwordRule, typed: typed, errors: errors
        ) { RestartButton() }
    }
}

/// PWD-4 after a code (J-X-14, J-X-15).
struct ResetDoneStep: AuthenticationStep {
    static let id = StepID.resetDone

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        PasswordResetDonePage {
            PostForm(
                action: context.form.action, id: "reset-done-form", hidden: context.form.hidden
            ) {
                ButtonRow {
                    SubmitButton(
                        "RETOUR", id: "return", name: StepField.action, value: StepField.restart)
                }
            }
        }
    }
}
