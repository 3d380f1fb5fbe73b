import FoundationEssentials
import Flow
import HTML
import Store
import Tokens
import Web

/// A step that asks for the number to which a code is sent: A-4, and B-1, which asks for names besides.
protocol NumberStep: AuthenticationStep {
    static var asksNames: Bool { get }
}

extension NumberStep {
    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        page(EnrolmentEntry(interaction.draft), context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        entry(form).attempts(context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        page(entry(form), context, .tooMany(TooManyCodes(until: until, interaction, context)))
    }

    func entry(_ form: Form) -> EnrolmentEntry {
        EnrolmentEntry(form, asksNames: Self.asksNames)
    }

    func page(
        _ entry: EnrolmentEntry, _ context: StepContext, _ message: NumberPage.Message? = nil
    ) -> NumberPage {
        NumberPage(entry, asksNames: Self.asksNames, context, message)
    }

    /// On to the code's screen; B-1 leaves a provider's identity behind.
    ///
    /// - Parameter named: whose number it is said to be: what stands for the person where there are no
    ///   candidates.
    func send(
        to candidates: [EnrolmentCandidate], _ phone: MobileNumber, _ entry: EnrolmentEntry,
        named: [String], _ interaction: Interaction, _ context: StepContext
    ) throws -> Transition {
        let names = named.map { PersonName($0)?.squeezed ?? $0 }
        let sending = try CodeSending(
            .activation, to: phone, typed: entry.numbers,
            person: context.desk.policy.answersNeutrally ? names.joined(separator: "|") : "",
            for: candidates.codeSubject(typed: names + [phone.e164]),
            account: candidates.first?.account, context)
        return sending.transition(
            who: .candidates(candidates.map(\.guardian.id)),
            upstream: Self.asksNames ? .clear : .keep,
            draft: .set(
                Draft(
                    lastName: entry.lastName, firstName: entry.firstName,
                    mobileNumber: entry.mobileNumber))
        ) { until in
            page(entry, context, .tooMany(TooManyCodes(until: until, interaction, context)))
        }
    }
}

extension [EnrolmentCandidate] {
    /// Whom a code for these is for.
    ///
    /// - Parameter typed: what stands for the person where there are none: names and the number.
    fileprivate func codeSubject(typed: [String]) -> CodeSubject {
        isEmpty ? .nobody(typed: typed) : .candidates(map(\.guardian.id))
    }
}
