import Flow
import FoundationEssentials
import Parents
import Store
import Tokens
import Web

/// A-5 of a lost password: the code shows that its owner holds the directory's number of the one account
/// that it was sent for (J-X-16). It signs nobody in; it opens PWD-3.
struct ResetCodeStep: AuthenticationStep {
    static let id = StepID.resetCode

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        CodeCheck.attempts(form, interaction, context)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? {
        if case .codeSent(_, let owner)? = interaction.recovery { owner?.id } else { nil }
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page { void(context) }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard case .codeSent(let id, let owner)? = interaction.recovery else {
            return Transition(restarts: true)
        }
        guard let entry = CodeEntry(form) else {
            return .again(page(context, error: FieldWords.required))
        }
        let nobody: Account.ID = context.desk.makeID(at: context.now)
        let (check, subject) = try await context.desk.store.read { reader in
            let meant: CodeSubject = owner.map { .account($0.id) } ?? .nobody(typed: [])
            return (
                try CodeCheck(entry, of: id, .reset, for: meant, context, in: reader),
                try RecoverySubject(
                    owner.flatMap { try reader.account($0.id) }, nobody: nobody, in: reader)
            )
        }
        switch check {
        case .right(let challenge):
            // Whoever has the number now need not be whom the directory means now.
            guard let owner, owner.stands(subject.account),
                case .success(let telephone) = subject.telephone,
                telephone.number.e164 == challenge.phone
            else { return refused(void(context), subject, "changed", context) }
            return Transition(
                recovery: .set(
                    .codeProved(
                        owner, until: context.now + context.desk.policy.smsCode.lifetime)),
                changes: [
                    .spendChallenge(id),
                    context.audit(
                        .codeProved, subject.account, SMSPurpose.passwordReset.rawValue),
                ])
        case .spent: return Transition()
        case .wrong: return refused(wrong(context), subject, "wrong", context)
        case .void:
            let isNeutral = context.desk.policy.answersNeutrally
            return refused(isNeutral ? wrong(context) : void(context), subject, "void", context)
        }
    }

    private func refused(
        _ page: RetryPage, _ subject: RecoverySubject, _ reason: String, _ context: StepContext
    ) -> Transition {
        .again(page, [context.audit(.codeRefused, subject.account, reason)])
    }

    private func page(_ context: StepContext, error: String? = nil) -> CodePage {
        let policy = context.desk.policy
        return CodePage(
            form: context.form, heading: LostPasswordPage.heading, kind: .reset,
            // Whoever typed the identifier need not be its owner: not even the number's end is shown.
            number: nil, minutes: policy.smsCode.lifetime.wholeSeconds / 60,
            again: context.path(to: .lostPassword),
            againText: "Je n'ai pas reçu de code de réinitialisation par SMS",
            isNeutral: policy.answersNeutrally, help: .lost, restarts: true, error: error)
    }

    private func wrong(_ context: StepContext) -> RetryPage {
        let isNeutral = context.desk.policy.answersNeutrally
        return RetryPage(
            heading: LostPasswordPage.heading,
            message: isNeutral ? RetryPage.refusedCode : RetryPage.wrongCode,
            retry: context.path(to: .resetCode), help: .lost)
    }

    private func void(_ context: StepContext) -> RetryPage {
        RetryPage(
            heading: LostPasswordPage.heading, message: RetryPage.voidCodeToAskAnew,
            retry: context.path(to: .lostPassword), help: .lost)
    }
}
