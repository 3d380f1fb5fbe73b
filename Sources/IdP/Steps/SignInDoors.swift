import FoundationEssentials
import Flow
import Web

/// The ways to sign in that this installation offers: SIGN-1 as each step shows it.
struct SignInDoors: Sendable {
    /// The providers, first to last, as they are at that moment.
    let upstreams: @Sendable (_ now: Date) async -> [UpstreamDoor]

    func page(
        _ context: StepContext, identifier: String = "", notice: Interaction.Notice? = nil,
        message: SignInPage.Message? = nil, missing: [String] = [], explainsOtherWays: Bool = false
    ) async -> SignInPage {
        SignInPage(
            form: context.form(to: .password), teleservice: context.client.displayName,
            doors: await upstreams(context.now), upstreamForm: context.form(to: .upstream),
            enrolment: context.path(to: .identity), identifier: identifier, message: message,
            notice: notice, missing: missing, explainsOtherWays: explainsOtherWays)
    }
}

/// SIGN-2 (J-S-20): the sign-in page with an explanation for those without a mobile phone. Its form is
/// SIGN-1's.
struct WithoutPhoneStep: AuthenticationStep {
    static let id = StepID.withoutPhone

    let doors: SignInDoors

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        await doors.page(context, explainsOtherWays: true)
    }
}
