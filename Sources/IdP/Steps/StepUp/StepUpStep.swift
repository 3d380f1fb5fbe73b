import FoundationEssentials
import Flow
import HTML
import Parents
import Store
import Tokens
import Web

/// SIGN-3, before the code: a teleservice asks for more than the password (J-S-21). Nothing is sent
/// before the button is pressed, and only to the directory's number of the account that has signed in.
struct StepUpStep: AuthenticationStep {
    static let id = StepID.stepUp

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        StepUpPage(try await context.mobileNumber(of: interaction), context)
    }

    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition {
        guard let id = interaction.account?.id else { return Transition(restarts: true) }
        let (account, number) = try await context.desk.store.read {
            (try $0.account(id), try $0.mobileNumber(of: id))
        }
        guard let number else { return .again(StepUpPage(nil, context)) }
        let sending = try CodeSending(
            .verification, to: number, for: .account(id), account: account, context)
        return sending.transition { until in
            StepUpPage(number, context, Wait(until: until, now: context.now))
        }
    }
}

extension StepContext {
    /// Where the code of a step-up goes.
    func mobileNumber(of interaction: Interaction) async throws -> MobileNumber? {
        guard let account = interaction.account?.id else { return nil }
        return try await desk.store.read { try $0.mobileNumber(of: account) }
    }
}

extension StoreReading {
    /// The number that the directory wrote last for an account.
    func mobileNumber(of account: Account.ID) throws -> MobileNumber? {
        try guardians(of: account).filter { $0.mobileNumber != nil }.latest?.mobileNumber
    }
}

/// SIGN-3, « Vérification par SMS ».
struct StepUpPage: Page {
    private let form: StepForm
    private let number: MobileNumber?
    private let wait: Wait?

    init(_ number: MobileNumber?, _ context: StepContext, _ wait: Wait? = nil) {
        form = context.form
        self.number = number
        self.wait = wait
    }

    static let heading = "Vérification par SMS"

    var title: String { title(Self.heading, hasError: wait != nil) }
    var keepsForm: Bool { true }

    var content: Markup {
        h1(text: Self.heading)
        if let wait { Notice(.error, text: wait.tooManyAttempts) }
        if let number {
            p(text: "Un code va être envoyé au numéro \(number.onOneLine).")
        } else {
            p(text: "L'établissement scolaire ne connaît pas votre numéro de téléphone portable.")
        }
        PostForm(action: form.action, id: "step-up-form", hidden: form.hidden) {
            ButtonRow {
                if number != nil { SubmitButton("Recevoir mon code SMS", id: "send-code") }
                CancelButton()
            }
        }
        NeedHelp(.wrongMobileNumber)
    }
}
