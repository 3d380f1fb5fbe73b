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
struct IdentityStep: NumberStep {
    static let id = StepID.identity
    static let asksNames = true

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        let entry = entry(form)
        guard let first = entry.numbers.first, entry.errors.isEmpty else {
            return .again(page(entry, context))
        }
        let recognised = try await entry.recognised(context) {
            EnrolmentChoice($0, lastName: entry.lastName, firstName: entry.firstName)
        }
        let isNeutral = context.desk.policy.answersNeutrally
        let candidates: [EnrolmentCandidate]
        switch recognised?.choice ?? .nobody {
        case .alreadyActive where !isNeutral:
            return .again(page(entry, context, .alreadyActive))
        case .nobody where !isNeutral:
            return .again(page(entry, context, .notRecognised))
        case .open(let found), .alreadyActive(let found): candidates = found
        case .nobody: candidates = []
        }
        return try send(
            to: candidates, recognised?.phone ?? first, entry,
            named: [entry.lastName, entry.firstName], interaction, context)
    }
}
