import FoundationEssentials
import Flow
import Parents
import Store
import Tokens
import Web

/// A-5 and B-2: the code shows whose telephone it is (J-A-11 to J-A-15, J-B-13 to J-B-18). It signs
/// nobody in.
struct SMSCodeStep: AuthenticationStep {
    static let id = StepID.smsCode

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(interaction, context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        CodeCheck.attempts(form, interaction, context)
    }

    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? { try interaction.candidateAccount(in: store) }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page { void(interaction, context) }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard case .code(let id)? = interaction.pending,
            case .candidates(let guardians) = interaction.who
        else { return Transition(restarts: true) }
        guard let entry = CodeEntry(form) else {
            return .again(page(interaction, context, error: FieldWords.required))
        }
        let (check, candidates) = try await context.desk.store.read { reader in
            (
                try CodeCheck(
                    entry, of: id, .activation, for: .candidates(guardians), context, in: reader),
                try reader.enrolmentCandidates(guardians, at: context.now)
            )
        }
        let account = candidates.first?.account
        switch check {
        case .wrong:
            return .again(wrong(context), [context.audit(.codeRefused, account, "wrong")])
        case .spent: return Transition()
        case .void:
            let isNeutral = context.desk.policy.answersNeutrally
            return .again(
                isNeutral ? wrong(context) : void(interaction, context),
                [context.audit(.codeRefused, account, "void")])
        case .right(let challenge):
            // Whoever has the number now need not be whom the directory means now.
            let stand =
                candidates.count == Set(guardians).count
                && candidates.allSatisfy {
                    $0.guardian.mobilePhone == challenge.phone && $0.account.state != .closed
                }
            guard stand else {
                return .again(
                    void(interaction, context), [context.audit(.codeRefused, account, "changed")])
            }
            return proved(id, candidates, interaction, context)
        }
    }

    private func proved(
        _ id: SMSChallenge.ID, _ candidates: [EnrolmentCandidate], _ interaction: Interaction,
        _ context: StepContext
    ) -> Transition {
        let changes: [Change] = [
            .spendChallenge(id),
            context.audit(.codeProved, candidates.first?.account, SMSPurpose.enrolment.rawValue),
        ]
        // B opens accounts; one in use already is told to its owner, and to nobody else.
        if interaction.upstream == nil, candidates.contains(where: { $0.account.state == .active })
        {
            return Transition(restarts: true, notice: .alreadyActive, changes: changes)
        }
        return Transition(
            facts: [.proved(.smsCode, at: context.now)], pending: .clear, changes: changes)
    }

    private func page(
        _ interaction: Interaction, _ context: StepContext, error: String? = nil
    ) -> CodePage {
        let policy = context.desk.policy
        return CodePage(
            form: context.form, heading: NumberPage.activation,
            number: interaction.draft?.typedNumber,
            minutes: policy.smsCode.lifetime.wholeSeconds / 60,
            again: numberScreen(interaction, context),
            againText: "Je n'ai pas reçu de code d'activation par SMS",
            isNeutral: policy.answersNeutrally, help: .wrongMobileNumber, error: error)
    }

    private func wrong(_ context: StepContext) -> RetryPage {
        let isNeutral = context.desk.policy.answersNeutrally
        return RetryPage(
            heading: NumberPage.activation,
            message: isNeutral ? RetryPage.refusedCode : RetryPage.wrongCode,
            retry: context.path(to: .smsCode), help: .wrongMobileNumber)
    }

    private func void(_ interaction: Interaction, _ context: StepContext) -> RetryPage {
        RetryPage(
            heading: NumberPage.activation, message: RetryPage.voidCode,
            retry: numberScreen(interaction, context), help: .wrongMobileNumber)
    }

    /// A-4 after a provider, else B-1.
    private func numberScreen(_ interaction: Interaction, _ context: StepContext) -> String {
        context.path(to: interaction.upstream == nil ? .identity : .mobileNumber)
    }
}

extension Draft {
    /// The number that was typed. In the directory it may have another country code, and the same end.
    fileprivate var typedNumber: MobileNumber? {
        mobileNumber.flatMap { try? MobileNumber.candidates(for: $0) }?.first
    }
}

extension Interaction {
    /// The account of the first of the candidates, for the audit.
    func candidateAccount(in store: any StoreReading) throws -> Account.ID? {
        guard case .candidates(let guardians) = who, let first = guardians.first else { return nil }
        return try store.guardian(first)?.account
    }
}
