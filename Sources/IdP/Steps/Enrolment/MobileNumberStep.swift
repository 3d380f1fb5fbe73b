import FoundationEssentials
import Flow
import HTML
import Store
import Tokens
import Web

/// the mobile number of somebody whom a provider has named (J-A-06 to J-A-10; journeys.md §8.2
/// no. 5, 7).
struct MobileNumberStep: NumberStep {
    static let id = StepID.mobileNumber
    static let asksNames = false

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let names = interaction.upstream?.names else { return Transition(restarts: true) }
        let entry = entry(form)
        guard let first = entry.numbers.first, entry.errors.isEmpty else {
            return .again(page(entry, context))
        }
        let recognised = try await entry.recognised(context) { EnrolmentChoice($0, names: names) }
        let candidates: [EnrolmentCandidate]
        switch recognised?.choice ?? .nobody {
        // An account in use is linked at the end of the journey (§8.2 no. 8).
        case .open(let found), .alreadyActive(let found): candidates = found
        case .nobody:
            guard context.desk.policy.answersNeutrally else {
                return .again(page(entry, context, .notRecognised))
            }
            candidates = []
        }
        return try send(
            to: candidates, recognised?.phone ?? first, entry,
            named: [names.familyName, names.givenName], interaction, context)
    }
}
