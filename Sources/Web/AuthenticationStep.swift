import FoundationEssentials
import Flow
import HTML
import HTTPTypes
import Serving
import Store
import Tokens

/// One thing that a person is asked to do inside the authorize endpoint. Steps never know each other:
/// the dispatcher asks `nextMove` what is due, shows that step, and comes back with its form.
public protocol AuthenticationStep: Sendable {
    static var id: StepID { get }

    /// Whether `submit` hashes a password, and so needs a place in the queue of hashes.
    static var hashesPassword: Bool { get }

    /// The screen, as it is first shown.
    func show(_ interaction: Interaction, _ context: StepContext) async throws -> any Page

    /// What this form would try, counted in the store before `submit` looks at any secret. Empty for
    /// a form that tries nothing.
    func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule]

    /// Whose secret a form tries, for the audit of refused tries.
    func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID?

    /// The screen again, when the attempts are used up until then.
    func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page

    /// Reads first, then decides without side effects. The dispatcher commits the whole transition in
    /// one transaction under the interaction's revision.
    func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition
}

extension AuthenticationStep {
    public static var hashesPassword: Bool { false }

    /// A screen without a form of its own leads on by links; a post to it changes nothing.
    public func submit(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> Transition { Transition(next: .stay) }

    public func attempts(
        _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> [AttemptRule] { [] }

    public func account(
        triedBy form: Form, _ interaction: Interaction, in store: any StoreReading
    ) throws -> Account.ID? { interaction.account?.id }

    public func refused(
        until: Date, _ form: Form, _ interaction: Interaction, _ context: StepContext
    ) async throws -> any Page { try await show(interaction, context) }
}

/// What a step may use of the desk, and what it must know of the request.
public struct StepContext: Sendable {
    public let desk: Desk
    /// The teleservice that the flow leads to; nil where it is a page of our own.
    public let client: RegisteredClient?
    /// The moment of this request: one for all that it decides.
    public let now: Date
    /// What limits count by; see `NetworkAddress.networkKey`.
    public let network: String
    /// The address and the hidden fields of this step's form.
    public let form: StepForm
    let interaction: Interaction.ID
    let sealed: String?
    /// A place in the queue of password hashes, for the `submit` of a step that hashes.
    public internal(set) var place: WorkerPool.Place?
    /// What this form was counted under before `submit`; a success gives it back.
    public internal(set) var counted: [AttemptKey] = []

    /// Where the flow leads, so that nobody signs in for what they did not mean.
    public var destinationName: String { client?.displayName ?? OwnPage.serviceName }

    /// The address of another step of this flow, for a link; it opens if that step is offered.
    public func path(to step: StepID) -> String {
        Dispatcher.path(interaction, step, sealed: sealed)
    }

    /// The form of a screen that stays open while the flow ends elsewhere: its address names the
    /// teleservice still, so that its button leads there (J §3.0.6).
    public func lastingForm(of step: StepID, _ interaction: Interaction) -> StepForm {
        let nameplate = InteractionSeal(keys: desk.keys).nameplate(
            of: interaction, desk.environment)
        return StepForm(
            action: Dispatcher.path(interaction.id, step, sealed: nameplate), hidden: form.hidden)
    }

    /// The form of another step of this flow, on this step's screen.
    public func form(to step: StepID) -> StepForm {
        StepForm(action: path(to: step), hidden: form.hidden)
    }
}

/// A step whose answer comes back from another site, by a redirect of the browser.
public protocol CallbackStep: AuthenticationStep {
    /// Whether this is the answer to what was sent out, by its `state`: anybody may send a browser to
    /// the address of a callback.
    func isAnswer(_ response: Form, to request: String) -> Bool

    /// What the answer comes to. What was sent out is spent already: an answer serves once.
    func returned(
        _ response: Form, from provider: String, request: String, _ interaction: Interaction,
        _ context: StepContext
    ) async throws -> Transition
}

/// Where a step's form is sent, and what it carries unseen.
public struct StepForm: Sendable {
    public let action: String
    public let hidden: [HiddenField]

    public init(action: String, hidden: [HiddenField]) {
        self.action = action
        self.hidden = hidden
    }
}

/// The buttons that several steps share.
public enum StepField {
    public static let action = "action"
    /// Goes no further: the teleservice is told `access_denied`.
    public static let cancel = "annuler"
    /// Forgets what was typed and proved, and begins again at SIGN-1 with the same request.
    public static let restart = "recommencer"
    /// In the address of a step: its screen as the last form was answered, while that is kept. Links lead
    /// to the screen without it.
    public static let refused = "erreur"
    /// The sealed interaction in an address, while there is no row of it.
    public static let sealed = "r"
}
