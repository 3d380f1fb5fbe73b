import FoundationEssentials
import Flow
import HTML
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens

/// What ends a flow: the provider answers its client, later our own pages open.
public protocol InteractionEnding: Sendable {
    /// Every goal is reached.
    ///
    /// - Parameter isStored: whether the interaction has a row.
    func finish(
        _ interaction: Interaction, isStored: Bool, client: RegisteredClient?, _ request: Request,
        _ context: ServingContext
    ) async throws -> Response

    func fail(
        _ error: OAuthError, _ interaction: Interaction, isStored: Bool,
        client: RegisteredClient?, _ request: Request, _ context: ServingContext
    ) async throws -> Response
}

/// The one owner of "what next": it shows the step that is due, takes its form, commits what the step
/// decided, and asks again. The address asks for a step; the state decides whether it may be shown
/// (SR-65; security history 2.24).
public struct Dispatcher: Sendable {
    let desk: Desk
    let interactions: InteractionDesk
    private let csrf: CSRF
    let steps: [StepID: any AuthenticationStep]
    private let ending: any InteractionEnding

    public init(desk: Desk, steps: [any AuthenticationStep], ending: any InteractionEnding) {
        self.desk = desk
        self.steps = Dictionary(
            steps.map { (type(of: $0).id, $0) }, uniquingKeysWith: { first, _ in first })
        self.ending = ending
        interactions = InteractionDesk(desk: desk)
        csrf = CSRF(keys: desk.keys, issuer: desk.issuer)
    }

    /// The address of an interaction, and of one of its steps.
    public static func path(_ id: Interaction.ID, _ step: StepID? = nil, sealed: String?) -> String
    {
        let path = "/authorize/" + id.address + (step.map { "/" + $0.rawValue } ?? "")
        return sealed.map { path + "?" + StepField.sealed + "=" + $0 } ?? path
    }

    /// Interactions as this dispatcher's routes see them.
    struct Visit: Sendable {
        var interaction: Interaction
        let isStored: Bool
        let sealed: String?
        /// Nil on the way to a page of our own.
        let client: RegisteredClient?
        let move: Move
        let now: Date

        /// Whether this browser may write into the flow without taking it from another.
        var isHeld: Bool {
            !isStored || interaction.holder != nil || interaction.session != nil
        }
    }

    /// `GET /authorize/{id}`: on to the step that is due, or to the end.
    public func proceed(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await visiting(request, context) { visit in
            switch visit.move {
            case .offer(let offered):
                let step = offered.first ?? .password
                return Redirect.seeOther(
                    desk.url(Self.path(visit.interaction.id, step, sealed: visit.sealed)))
            case .finish:
                return try await ending.finish(
                    visit.interaction, isStored: visit.isStored, client: visit.client, request,
                    context)
            case .fail(let error):
                return try await ending.fail(
                    error, visit.interaction, isStored: visit.isStored, client: visit.client,
                    request, context)
            }
        }
    }

    /// `GET /authorize/{id}/{step}`: the screen, if it is due.
    public func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let showsRefusal = try RequestForm.query(request)[StepField.refused] != nil
        return try await visiting(request, context) { visit in
            guard let step = dueStep(visit, context) else { return proceed(visit) }
            if showsRefusal, let refused = visit.interaction.refused,
                refused.step == type(of: step).id, visit.now < refused.expiresAt
            {
                return desk.layout.response(RefusedPage(refused))
            }
            let page = try await step.show(visit.interaction, stepContext(visit, step, context))
            return desk.layout.response(page)
        }
    }

    /// `POST /authorize/{id}/{step}`: the form of a step that is due.
    public func submit(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        return try await visiting(request, context) { visit in
            guard
                csrf.accepts(
                    form, headers: request.headers, browser: visit.interaction.browser,
                    subject: visit.interaction.id.address)
            else { throw PageError.forbidden }
            guard let step = dueStep(visit, context) else { return proceed(visit) }
            switch form[StepField.action] {
            case StepField.cancel:
                return try await giveUp(visit, step, context)
            case StepField.restart:
                // Where nothing was typed there is nothing to forget, and nothing to write; nor is it
                // for a browser without the proof to forget what another one typed.
                guard visit.isStored, visit.isHeld else { return proceed(visit) }
                return try await commit(
                    Transition(restarts: true), visit, of: type(of: step).id, context.networkKey)
            default: break
            }
            return try await take(form, step, visit, stepContext(visit, step, context))
        }
    }

    /// « Annuler ». The first form of a flow costs a row, and this one needs nothing to be known: so many
    /// a minute are taken from one network.
    private func giveUp(
        _ visit: Visit, _ step: any AuthenticationStep, _ context: ServingContext
    ) async throws -> Response {
        var transition = Transition(facts: [.decided(.refused, at: visit.now)])
        if !visit.isStored {
            let page = try await step.show(visit.interaction, stepContext(visit, step, context))
            transition.limit = Transition.Limit(
                AttemptLimit.newFlows(by: .cancel, network: context.networkKey)
            ) { _ in page }
        }
        return try await commit(transition, visit, of: type(of: step).id, context.networkKey)
    }

    private func take(
        _ form: Form, _ step: any AuthenticationStep, _ visit: Visit, _ stepContext: StepContext
    ) async throws -> Response {
        var stepContext = stepContext
        let attempts = try await step.attempts(form, visit.interaction, stepContext)
        if case .refused(let until) = try await reserve(attempts, form, step, visit, stepContext) {
            let page = try await step.refused(
                until: until, form, visit.interaction, stepContext)
            return tooMany(page, until: until, at: visit.now)
        }
        stepContext.counted = attempts.map(\.key)
        if type(of: step).hashesPassword {
            stepContext.place = try await desk.hashPlace(for: stepContext.counted)
        }
        let transition = try await step.submit(form, visit.interaction, stepContext)
        return try await commit(transition, visit, of: type(of: step).id, stepContext.network)
    }

    /// Counts what a form tries, and notes a refusal in the same transaction (SR-63).
    private func reserve(
        _ rules: [AttemptRule], _ form: Form, _ step: any AuthenticationStep, _ visit: Visit,
        _ context: StepContext
    ) async throws -> AttemptDecision {
        guard !rules.isEmpty else { return .allowed }
        let event = usedUp(visit, type(of: step).id, context.network)
        return try await desk.store.write { writer in
            let decision = try writer.reserve(rules, at: visit.now)
            if case .refused = decision {
                var event = event
                event.account = try step.account(triedBy: form, visit.interaction, in: writer)
                try writer.appendOnceAMinute(event)
            }
            return decision
        }
    }

    /// Finds what the address names, and answers with it; once more where the registry turned out
    /// to hold a newer registration of its client.
    private func visiting(
        _ request: Request, _ context: ServingContext,
        _ answer: (Visit) async throws -> Response
    ) async throws -> Response {
        guard let text = context.parameters.get("id"), let id = Interaction.ID(address: text) else {
            throw PageError.notFound
        }
        let sealed = try RequestForm.query(request)[StepField.sealed]
        return try await visiting(id, sealed: sealed, request, answer)
    }

    func visiting(
        _ id: Interaction.ID, sealed: String?, _ request: Request,
        _ answer: (Visit) async throws -> Response
    ) async throws -> Response {
        let now = desk.now
        switch try await interactions.find(id, sealed: sealed, CookieJar(request), at: now) {
        case .unknown: throw await failure(.otherBrowser, id, sealed)
        case .over: throw await failure(.expired, id, sealed)
        case .live(var interaction, let isStored):
            func answered(_ client: RegisteredClient?) async throws -> Response {
                let progress = try await interactions.progress(of: &interaction, client: client)
                return try await answer(
                    Visit(
                        interaction: interaction, isStored: isStored,
                        sealed: isStored ? nil : sealed, client: client, move: nextMove(progress),
                        now: now))
            }
            guard let wanted = interaction.destination.request else {
                return try await answered(nil)
            }
            let response = try await desk.clients.withClient(wanted.clientID) { client in
                guard client.stillAdmits(wanted) else {
                    try await desk.store.read { try client.confirm(in: $0) }
                    throw RequestPageError(.expired, of: client)
                }
                return try await answered(client)
            }
            guard let response else { throw PageError.expired }
            return response
        }
    }

    /// What can't go on leads back to its teleservice as long as its address still names it.
    private func failure(
        _ error: PageError, _ id: Interaction.ID, _ sealed: String?
    ) async -> RequestPageError {
        let wanted = sealed.flatMap { interactions.seal.interaction(travelling: $0, id: id) }
        guard let clientID = wanted?.destination.request?.clientID else {
            return RequestPageError(error, of: nil)
        }
        return RequestPageError(error, of: try? await desk.clients.client(clientID))
    }

    func proceed(_ visit: Visit) -> Response {
        Redirect.seeOther(desk.url(Self.path(visit.interaction.id, sealed: visit.sealed)))
    }

    /// The step of the address, unless something else is due.
    private func dueStep(_ visit: Visit, _ context: ServingContext) -> (any AuthenticationStep)? {
        guard case .offer(let offered) = visit.move,
            let asked = context.parameters.get("step").flatMap(StepID.init(rawValue:)),
            offered.contains(asked)
        else { return nil }
        return steps[asked]
    }

    func stepContext(
        _ visit: Visit, _ step: any AuthenticationStep, _ context: ServingContext
    ) -> StepContext {
        let id = visit.interaction.id
        let token = csrf.token(
            browser: visit.interaction.browser, subject: id.address, at: visit.now)
        // The sealed text stays in the address, so that a page shown again can be loaded again.
        return StepContext(
            desk: desk, client: visit.client, now: visit.now, network: context.networkKey,
            form: StepForm(
                action: Self.path(id, type(of: step).id, sealed: visit.sealed),
                hidden: token.map { [HiddenField(name: CSRF.field, value: $0)] } ?? []),
            interaction: id, sealed: visit.sealed)
    }
}
