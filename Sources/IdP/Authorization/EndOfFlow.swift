import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// An interaction whose goals are reached, or which goes no further, and the browser that is there.
struct EndOfFlow: Sendable {
    let interaction: Interaction
    /// Whether the interaction has a row.
    let isStored: Bool
    let browser: CookieJar
    let network: String
    /// What the session's owner will know this browser by.
    let device: String?
    let now: Date

    init(
        _ interaction: Interaction, isStored: Bool, _ request: Request, _ context: ServingContext,
        at now: Date
    ) {
        self.interaction = interaction
        self.isStored = isStored
        browser = CookieJar(request)
        network = context.networkKey
        device = DeviceName.of(userAgent: request.headers[.userAgent])
        self.now = now
    }

    /// Whom the flow has shown to be there, and the session that they get.
    struct Person: Sendable {
        let account: ProvedAccount
        let summary: AuthenticationSummary
        let plan: SessionPlan
    }

    /// Nil where the session that brought the facts is over. That the account still stands as it was
    /// proved, the transaction that uses this sees for itself.
    func person(_ desk: Desk) async throws -> Person? {
        let (reference, now) = (desk.sessionToken(browser)?.reference, now)
        let live: LiveSession? =
            if let reference {
                try await desk.store.read { try $0.session(reference, at: now) }
            } else { nil }
        guard let account = interaction.account,
            let summary = AuthenticationSummary(interaction.facts),
            let plan = desk.sessionPlan(
                interaction, account, summary, live: live, device: device, at: now)
        else { return nil }
        return Person(account: account, summary: summary, plan: plan)
    }

    /// How the interaction is written as over.
    func written(_ desk: Desk) throws -> InteractionEnd {
        if isStored { return .stored(interaction.id, revision: interaction.revision) }
        let seal = InteractionSeal(keys: desk.keys)
        guard let record = seal.record(of: interaction, desk.environment) else {
            throw HTTPError(.serviceUnavailable)
        }
        return .sealed(record)
    }

    /// Ends the row of a flow that goes no further.
    func abandon(
        _ desk: Desk, confirming: @escaping @Sendable (StoreWriter) throws -> Void = { _ in }
    ) async throws {
        guard isStored else { return }
        let (id, revision, now) = (interaction.id, interaction.revision, now)
        try await desk.store.write { writer in
            try confirming(writer)
            try writer.finish(id, revision: revision, [], at: now)
        }
    }

    /// The flow's own cookie goes; the session's comes, where it is new.
    func cookies(_ plan: SessionPlan?, _ desk: Desk) -> HTTPFields {
        var headers: HTTPFields = [
            .setCookie: desk.cookies.expire(desk.cookies.proof(of: interaction.id.address))
        ]
        if let token = plan?.token {
            let value = desk.cookies.setCookie(desk.cookies.session, token.text)
            headers.append(HTTPField(name: .setCookie, value: value))
        }
        return headers
    }
}

/// Ends every flow where it leads: a teleservice is answered, a page of ours opens.
struct FlowEnding: InteractionEnding {
    let answers: AuthorizationResponse
    let pages: PageOpening

    func finish(
        _ interaction: Interaction, isStored: Bool, client: RegisteredClient?, _ request: Request,
        _ context: ServingContext
    ) async throws -> Response {
        let end = EndOfFlow(
            interaction, isStored: isStored, request, context, at: answers.desk.now)
        if let client, let wanted = interaction.destination.request {
            return try await answers.finish(end, wanted, of: client)
        }
        return try await pages.finish(end)
    }

    func fail(
        _ error: OAuthError, _ interaction: Interaction, isStored: Bool,
        client: RegisteredClient?, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        let end = EndOfFlow(
            interaction, isStored: isStored, request, context, at: answers.desk.now)
        if let client, let wanted = interaction.destination.request {
            return try await answers.fail(error, end, wanted, of: client)
        }
        return try await pages.abandon(end)
    }
}
