import FoundationEssentials
import Flow
import Parents
import Store
import Tokens
import Web

/// SIGN-3, once the code is on its way (J-S-21). A right one is added to what was proved before, just
/// now or in a session.
struct StepUpCodeStep: AuthenticationStep {
    static let id = StepID.stepUpCode

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        try await page(interaction, context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        CodeCheck.attempts(form, interaction, context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page { refusal(RetryPage.voidCodeToAskAnew, .stepUp, context) }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard case .code(let id)? = interaction.pending, let owner = interaction.account?.id else {
            return Transition(restarts: true)
        }
        guard let entry = CodeEntry(form) else {
            return .again(try await page(interaction, context, error: FieldWords.required))
        }
        let (check, number, account) = try await context.desk.store.read { reader in
            (
                try CodeCheck(
                    entry, of: id, .verification, for: .account(owner), context, in: reader),
                try reader.mobileNumber(of: owner), try reader.account(owner)
            )
        }
        switch check {
        case .right(let challenge) where challenge.phone == number?.e164:
            return Transition(
                facts: [.proved(.smsCode, at: context.now)], pending: .clear,
                changes: [
                    .spendChallenge(id),
                    context.audit(.codeProved, account, SMSPurpose.stepUp.rawValue),
                ])
        case .spent: return Transition()
        case .right, .void:
            return .again(
                refusal(RetryPage.voidCodeToAskAnew, .stepUp, context),
                [context.audit(.codeRefused, account, "void")])
        case .wrong:
            return .again(
                refusal(RetryPage.wrongCode, .stepUpCode, context),
                [context.audit(.codeRefused, account, "wrong")])
        }
    }

    private func page(
        _ interaction: Interaction, _ context: StepContext, error: String? = nil
    ) async throws -> CodePage {
        CodePage(
            form: context.form, heading: StepUpPage.heading, kind: .verification,
            number: try await context.mobileNumber(of: interaction),
            minutes: context.desk.policy.smsCode.lifetime.wholeSeconds / 60,
            again: context.path(to: .stepUp),
            againText: "Je n'ai pas reçu de code de vérification par SMS",
            help: .wrongMobileNumber, error: error)
    }

    private func refusal(_ message: String, _ retry: StepID, _ context: StepContext) -> RetryPage {
        RetryPage(
            heading: StepUpPage.heading, message: message, retry: context.path(to: retry),
            help: .wrongMobileNumber)
    }
}
