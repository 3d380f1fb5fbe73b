import FoundationEssentials
import Flow
import HTML
import Store
import Tokens
import Web

/// B-1: who says whose number this is (J-B-03 to J-B-12, J-B-29; journeys.md §8.2 no. 6, 7).
///
/// The directory's number alone gets a code. A profile that answers neutrally goes on to the code's
/// screen whoever was typed, and tells the rest after the code (security.md 4.4).
struct IdentityStep: AuthenticationStep {
    static let id = StepID.identity

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        IdentityPage(EnrolmentEntry(interaction.draft), context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        EnrolmentEntry(form, asksNames: true).attempts(context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        IdentityPage(
            EnrolmentEntry(form, asksNames: true), context,
            .tooMany(TooManyCodes(until: until, interaction, context)))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let entry = EnrolmentEntry(form, asksNames: true)
        guard let first = entry.numbers.first, entry.errors.isEmpty else {
            return .again(IdentityPage(entry, context))
        }
        let recognised = try await entry.recognised(context) {
            EnrolmentChoice($0, lastName: entry.lastName, firstName: entry.firstName)
        }
        let isNeutral = context.desk.policy.answersNeutrally
        switch recognised?.choice ?? .nobody {
        case .alreadyActive where !isNeutral:
            return .again(IdentityPage(entry, context, .alreadyActive))
        case .nobody where !isNeutral:
            return .again(IdentityPage(entry, context, .notRecognised))
        case .open(let candidates), .alreadyActive(let candidates):
            return try send(
                to: candidates, recognised?.phone ?? first, entry, interaction, context)
        case .nobody: return try send(to: [], first, entry, interaction, context)
        }
    }

    /// A provider's identity is left behind: this is the other journey.
    private func send(
        to candidates: [EnrolmentCandidate], _ phone: MobileNumber, _ entry: EnrolmentEntry,
        _ interaction: Interaction, _ context: StepContext
    ) throws -> Transition {
        let sending = try CodeSending(
            .activation, to: phone, typed: entry.numbers,
            for: candidates.codeSubject(typed: [entry.lastName, entry.firstName, phone.e164]),
            account: candidates.first?.account, context)
        return sending.transition(
            who: .candidates(candidates.map(\.guardian.id)), upstream: .clear,
            draft: .set(
                Draft(
                    lastName: entry.lastName, firstName: entry.firstName,
                    mobileNumber: entry.mobileNumber))
        ) { until in
            IdentityPage(
                entry, context, .tooMany(TooManyCodes(until: until, interaction, context)))
        }
    }
}

extension [EnrolmentCandidate] {
    /// Whom a code for these is for.
    ///
    /// - Parameter typed: what stands for the person where there are none: names, in any spelling, and
    ///   the number.
    func codeSubject(typed: [String]) -> CodeSubject {
        if isEmpty { return .nobody(typed: typed.map { PersonName($0)?.squeezed ?? $0 }) }
        return .candidates(map(\.guardian.id))
    }
}
