import Flow
import FoundationEssentials
import Parents
import Web

/// The ways to sign in that this installation offers: SIGN-1 as each step shows it.
struct SignInDoors: Sendable {
    /// The providers of the configuration, in the order of the page.
    let upstreams: [Upstream]

    func page(
        _ context: StepContext, identifier: String = "", notice: Interaction.Notice? = nil,
        message: SignInPage.Message? = nil, missing: [String] = [], explainsOtherWays: Bool = false
    ) -> SignInPage {
        SignInPage(
            form: context.form(to: .password), teleservice: context.destinationName,
            doors: entrances(at: context.now),
            provider: onlyProvider,
            upstreamForm: context.form(to: .upstream), enrolment: context.path(to: .identity),
            forgottenIdentifier: context.path(to: .forgottenIdentifier),
            lostPassword: context.path(to: .lostPassword),
            identifier: identifier, message: message, notice: notice, missing: missing,
            explainsOtherWays: explainsOtherWays,
            heading: context.desk.policy.screens.signInHeading)
    }

    /// What notices call the provider; nil where it could be one of several.
    var onlyProvider: String? { upstreams.count == 1 ? upstreams.first?.displayName : nil }

    var names: ProviderNames {
        ProviderNames(
            Dictionary(
                upstreams.filter(\.isEnabled).map { ($0.issuer, $0.displayName) },
                uniquingKeysWith: { first, _ in first }))
    }

    /// What a provider is called, by its id.
    func name(of provider: String) -> String {
        upstreams.first { $0.id == provider }?.displayName ?? provider
    }

    /// The providers' buttons.
    func entrances(at now: Date) -> [UpstreamDoor] {
        upstreams.filter(\.isEnabled).map { UpstreamDoor($0, at: now) }
    }
}

/// SIGN-2 (J-S-20): the sign-in page with an explanation for those without a mobile phone. Its form is
/// SIGN-1's.
struct WithoutPhoneStep: AuthenticationStep {
    static let id = StepID.withoutPhone

    let doors: SignInDoors

    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page {
        doors.page(context, explainsOtherWays: true)
    }
}
