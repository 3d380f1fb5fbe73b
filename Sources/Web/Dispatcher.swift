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
    /// Every goal is reached. - isStored: whether the interaction has a row.
    func finish(
        _ interaction: Interaction, isStored: Bool, client: RegisteredClient, _ request: Request,
        _ context: ServingContext
    ) async throws -> Response

    func fail(
        _ error: OAuthError, _ interaction: Interaction, isStored: Bool, client: RegisteredClient
    ) async throws -> Response
}

/// The one owner of "what next": it shows the step that is due, takes its form, commits what the step
/// decided, and asks again. The address asks for a step; the state decides whether it may be shown
/// (SR-65; security history 2.24).
public struct Dispatcher: Sendable {
    private let desk: Desk
    private let interactions: InteractionDesk
    private let csrf: CSRF
    private let steps: [StepID: any AuthenticationStep]
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
    struct Visit {
        let interaction: Interaction
        let isStored: Bool
        let sealed: String?
        let browser: Digest
        let client: RegisteredClient
        let move: Move
        let now: Date
    }

    /// `GET /authorize/{id}`: on to the step that is due, or to the end.
    public func proceed(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try RequestForm.query(request)
        let visit = try await visit(request, context, sealed: form[StepField.sealed])
        switch visit.move {
        case .offer(let offered):
            let step = offered.first ?? .password
            return Redirect.seeOther(
                desk.url(Self.path(visit.interaction.id, step, sealed: visit.sealed)))
        case .finish:
            return try await ending.finish(
                visit.interaction, isStored: visit.isStored, client: visit.client, request, context)
        case .fail(let error):
            return try await ending.fail(
                error, visit.interaction, isStored: visit.isStored, client: visit.client)
        }
    }

    /// `GET /authorize/{id}/{step}`: the screen, if it is due.
    public func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try RequestForm.query(request)
        let visit = try await visit(request, context, sealed: form[StepField.sealed])
        guard let step = dueStep(visit, context) else { return proceed(visit) }
        let page = try await step.show(visit.interaction, stepContext(visit, step, context))
        return desk.layout.response(page)
    }

    /// `POST /authorize/{id}/{step}`: the form of a step that is due.
    public func submit(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        let visit = try await visit(request, context, sealed: form[StepField.sealed])
        let id = visit.interaction.id
        guard
            csrf.accepts(
                form, headers: request.headers, browser: visit.browser, subject: id.address)
        else { throw PageError.forbidden }
        guard let step = dueStep(visit, context) else { return proceed(visit) }
        if form[StepField.action] == StepField.cancel {
            return try await commit(
                Transition(facts: [.decided(.refused, at: visit.now)]), visit)
        }
        let place = try desk.passwordPool.place()
        let stepContext = stepContext(visit, step, context, place: place)
        let attempts = try await step.attempts(form, visit.interaction, stepContext)
        if case .refused(let until) = try await reserve(attempts, at: visit.now) {
            let page = try await step.refused(
                until: until, form, visit.interaction, stepContext)
            let wait = max(1, Int64(until.timeIntervalSince(visit.now).rounded(.up)))
            return desk.layout.response(
                page, status: .tooManyRequests, headers: [.retryAfter: String(wait)])
        }
        return try await commit(
            try await step.submit(form, visit.interaction, stepContext), visit)
    }

    private func reserve(_ rules: [AttemptRule], at now: Date) async throws -> AttemptDecision {
        guard !rules.isEmpty else { return .allowed }
        return try await desk.store.write { try $0.reserve(rules, at: now) }
    }

    private func visit(
        _ request: Request, _ context: ServingContext, sealed: String?
    ) async throws -> Visit {
        guard let text = context.parameters.get("id"), let id = Interaction.ID(address: text) else {
            throw PageError.notFound
        }
        let now = desk.now
        switch try await interactions.find(id, sealed: sealed, CookieJar(request), at: now) {
        case .unknown: throw PageError.otherBrowser
        case .over: throw PageError.expired
        case .live(let interaction, let isStored):
            let clientID = interaction.purpose.request.clientID
            guard let client = try await desk.clients.client(clientID) else {
                throw PageError.expired
            }
            let progress = try await interactions.progress(of: interaction, client: client)
            return Visit(
                interaction: interaction, isStored: isStored, sealed: isStored ? nil : sealed,
                browser: interaction.browser, client: client, move: nextMove(progress), now: now)
        }
    }

    private func proceed(_ visit: Visit) -> Response {
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

    private func stepContext(
        _ visit: Visit, _ step: any AuthenticationStep, _ context: ServingContext,
        place: WorkerPool.Place? = nil
    ) -> StepContext {
        let id = visit.interaction.id
        var hidden: [HiddenField] = []
        if let token = csrf.token(browser: visit.browser, subject: id.address, at: visit.now) {
            hidden.append(HiddenField(name: CSRF.field, value: token))
        }
        if let sealed = visit.sealed {
            hidden.append(HiddenField(name: StepField.sealed, value: sealed))
        }
        return StepContext(
            desk: desk, client: visit.client, now: visit.now, network: context.networkKey,
            place: place,
            form: StepForm(
                action: Self.path(id, type(of: step).id, sealed: nil), hidden: hidden))
    }
}

extension Dispatcher {
    /// Saves what a step decided. Of two parallel posts one wins; the other is sent on to what is
    /// there now.
    private func commit(_ transition: Transition, _ visit: Visit) async throws -> Response {
        let now = visit.now
        let changes = transition.changes
        if case .again(let page) = transition.next {
            if !changes.isEmpty { try await desk.store.write { try $0.apply(changes, at: now) } }
            return desk.layout.response(page, status: .unprocessableContent)
        }
        var interaction = visit.interaction
        var headers: HTTPFields = [:]
        if let account = transition.account {
            // All facts are about one person: a proof of another one begins anew.
            if interaction.account != account || interaction.session != nil {
                interaction.facts = []
            }
            interaction.account = account
            interaction.session = nil
            let proof = Base64URL.encode(desk.environment.random(32))
            interaction.holder = Digest.sha256(proof)
            headers[.setCookie] = desk.cookies.setCookie(desk.cookies.proof, proof)
        }
        interaction.facts += transition.facts
        interaction.expiresAt = now + desk.policy.lifetimes.interaction
        guard let record = interactions.seal.record(of: interaction, desk.environment) else {
            throw HTTPError(.serviceUnavailable)
        }
        let isStored = visit.isStored
        do {
            try await desk.store.write { writer in
                if isStored {
                    try writer.commit(record, changes, at: now)
                } else {
                    try writer.begin(record)
                    try writer.apply(changes, at: now)
                }
            }
        } catch StoreError.conflict {
            // Whoever came first decides; this browser sees what is there now, and holds no proof of it.
            headers = [:]
        }
        return Redirect.seeOther(
            desk.url(Self.path(interaction.id, sealed: nil)), headers: headers)
    }
}
