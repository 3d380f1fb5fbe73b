import FoundationEssentials
import Flow
import HTML
import Store
import Tokens
import Web

/// the mobile number of somebody whom a provider has named (J-A-06 to J-A-10; journeys.md §8.2
/// no. 5, 7).
struct MobileNumberStep: AuthenticationStep {
    static let id = StepID.mobileNumber

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        MobileNumberPage(EnrolmentEntry(interaction.draft), context)
    }

    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] {
        EnrolmentEntry(form, asksNames: false).attempts(context)
    }

    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page {
        MobileNumberPage(
            EnrolmentEntry(form, asksNames: false), context,
            .tooMany(TooManyCodes(until: until, interaction, context)))
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let names = interaction.upstream?.names else { return Transition(restarts: true) }
        let entry = EnrolmentEntry(form, asksNames: false)
        guard let first = entry.numbers.first, entry.errors.isEmpty else {
            return .again(MobileNumberPage(entry, context))
        }
        let recognised = try await entry.recognised(context) { EnrolmentChoice($0, names: names) }
        switch recognised?.choice ?? .nobody {
        // An account in use is linked at the end of the journey (§8.2 no. 8).
        case .open(let candidates), .alreadyActive(let candidates):
            return try send(
                to: candidates, recognised?.phone ?? first, entry, names, interaction, context)
        case .nobody:
            guard context.desk.policy.answersNeutrally else {
                return .again(MobileNumberPage(entry, context, .notRecognised))
            }
            return try send(to: [], first, entry, names, interaction, context)
        }
    }

    private func send(
        to candidates: [EnrolmentCandidate], _ phone: MobileNumber, _ entry: EnrolmentEntry,
        _ names: PivotNames, _ interaction: Interaction, _ context: StepContext
    ) throws -> Transition {
        let sending = try CodeSending(
            .activation, to: phone, typed: entry.numbers,
            for: candidates.codeSubject(
                typed: [names.familyName, names.givenName, phone.e164]),
            account: candidates.first?.account, context)
        return sending.transition(
            who: .candidates(candidates.map(\.guardian.id)),
            draft: .set(Draft(mobileNumber: entry.mobileNumber))
        ) { until in
            MobileNumberPage(
                entry, context, .tooMany(TooManyCodes(until: until, interaction, context)))
        }
    }
}

/// A-4, « J'active mon compte ».
struct MobileNumberPage: Page {
    enum Message {
        case notRecognised
        case tooMany(TooManyCodes)
    }

    private let form: StepForm
    private let entry: EnrolmentEntry
    private let message: Message?
    private let withoutPhone: String

    init(_ entry: EnrolmentEntry, _ context: StepContext, _ message: Message? = nil) {
        form = context.form
        self.entry = entry
        self.message = message
        withoutPhone = context.path(to: .withoutPhone)
    }

    static let heading = "J'active mon compte"

    var title: String {
        title(Self.heading, hasError: message != nil || !entry.errors.isEmpty)
    }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        notice
        entry.errors.summary(EnrolmentEntry.label)
        PostForm(action: form.action, id: "mobile-number-form", hidden: form.hidden) {
            entry.numberField(isFirst: true)
            RequiredNote()
            ButtonRow {
                SubmitButton("Recevoir mon code SMS", id: "send-code")
                CancelButton()
            }
        }
        LinkList([
            a(
                .href(withoutPhone), .id("without-phone"),
                text: "Je ne souhaite pas utiliser de téléphone portable")
        ])
        NeedHelp(.wrongMobileNumber)
    }

    @MarkupBuilder private var notice: Markup {
        switch message {
        case nil: Markup.empty
        case .notRecognised:
            Notice(
                .error,
                text: "Le numéro de téléphone saisi n'est pas reconnu. Vérifiez votre saisie ou "
                    + "contactez votre établissement scolaire afin de modifier vos informations "
                    + "personnelles.")
        case .tooMany(let notice): notice
        }
    }
}
