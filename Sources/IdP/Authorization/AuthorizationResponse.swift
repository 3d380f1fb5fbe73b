import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// Answers a teleservice: opens or uses the session, writes grant and code in one transaction, and
/// sends the browser back. Source: OpenID Connect Core §3.1.2.5, §3.1.2.6; RFC 9207; D15.
struct AuthorizationResponse: Sendable {
    let desk: Desk

    enum Outcome {
        case code(OpaqueToken)
        case failure(OAuthError)
    }

    /// What the browser's last request was. After a form it may not be redirected to another site:
    /// Chromium applies `form-action` to every redirect that follows (D15).
    enum Origin {
        case get
        case form
    }

    /// The way back. Every answer carries `iss`; `state` comes back as it was sent.
    func redirect(
        _ outcome: Outcome, to target: RedirectTarget, naming client: RegisteredClient?,
        after origin: Origin, headers: HTTPFields = [:]
    ) -> Response {
        var parameters: [(String, String)]
        switch outcome {
        case .code(let code): parameters = [("code", code.text)]
        case .failure(let error): parameters = error.parameters
        }
        if let state = target.state { parameters.append(("state", state)) }
        parameters.append(("iss", desk.issuer))
        let name = client?.displayName ?? target.uri.text
        var response: Response
        switch (target.mode, origin) {
        case (.query, .get):
            return Redirect.found(target.uri.appending(query: parameters), headers: headers)
        case (.query, .form):
            let url = target.uri.appending(query: parameters)
            response = LeavePage(layout: desk.layout, to: url, destination: name).response
        case (.formPost, _):
            let fields = parameters.map { (name: $0.0, value: $0.1) }
            response =
                FormPostPage(
                    layout: desk.layout, to: target.uri.text, fields: fields, destination: name
                ).response
        }
        response.headers.append(contentsOf: headers)
        return response
    }

    /// What a session says of its sign-in; its columns, so that nothing is parsed for it.
    struct Summary: Sendable {
        let acr: String
        let amr: String
        let time: Date

        init(_ session: Session) {
            acr = session.acr
            amr = session.amr
            time = session.authTime
        }

        init(_ summary: AuthenticationSummary) {
            acr = summary.context.rawValue
            amr = summary.methods.joined(separator: " ")
            time = summary.time
        }
    }
}

extension AuthorizationResponse: InteractionEnding {
    private static func expiry(of interaction: Interaction, _ desk: Desk) -> String {
        desk.cookies.expire(desk.cookies.proof(of: interaction.id.address))
    }

    func finish(
        _ interaction: Interaction, isStored: Bool, client: RegisteredClient, _ request: Request,
        _ context: ServingContext
    ) async throws -> Response {
        let now = desk.now
        let wanted = interaction.purpose.request
        let reference = desk.sessionToken(CookieJar(request))?.reference
        let live: LiveSession? =
            if let reference {
                try await desk.store.read { try $0.session(reference, at: now) }
            } else { nil }
        // That the account still stands as it was proved, the transaction below sees for itself.
        guard let account = interaction.account,
            let summary = AuthenticationSummary(interaction.facts),
            let plan = sessionPlan(interaction, account, summary, live: live, at: now)
        else { throw RequestPageError(.expired, of: client) }
        let end = try interactionEnd(interaction, isStored: isStored)
        let draft = CompletionDraft(
            wanted, for: client, desk: desk, network: context.networkKey, at: now)
        let person = CompletionDraft.Person(
            account: account, summary: Summary(summary), session: plan.use,
            sessionExpiresAt: plan.expiresAt, interaction: end,
            changes: consent(interaction, account, client, at: now).map { [.consent($0)] } ?? [])
        let result = try await desk.store.write { try draft.write(for: person, in: $0) }
        guard case .completed = result else { throw RequestPageError(.expired, of: client) }
        var headers: HTTPFields = [.setCookie: Self.expiry(of: interaction, desk)]
        if let token = plan.token {
            let value = desk.cookies.setCookie(desk.cookies.session, token.text)
            headers.append(HTTPField(name: .setCookie, value: value))
        }
        return redirect(
            .code(draft.code), to: wanted.target, naming: client,
            after: isStored ? .form : .get, headers: headers)
    }

    func fail(
        _ error: OAuthError, _ interaction: Interaction, isStored: Bool, client: RegisteredClient
    ) async throws -> Response {
        if isStored {
            let now = desk.now
            let (id, revision) = (interaction.id, interaction.revision)
            try await desk.store.write { writer in
                try client.confirm(in: writer)
                try writer.finish(id, revision: revision, [], at: now)
            }
        }
        return redirect(
            .failure(error), to: interaction.purpose.request.target, naming: client,
            after: isStored ? .form : .get,
            headers: isStored ? [.setCookie: Self.expiry(of: interaction, desk)] : [:])
    }

    private func interactionEnd(
        _ interaction: Interaction, isStored: Bool
    ) throws -> InteractionEnd {
        if isStored { return .stored(interaction.id, revision: interaction.revision) }
        let seal = InteractionSeal(keys: desk.keys)
        guard let record = seal.record(of: interaction, desk.environment) else {
            throw HTTPError(.serviceUnavailable)
        }
        return .sealed(record)
    }

    /// What the person agreed to on the way, to be remembered.
    private func consent(
        _ interaction: Interaction, _ account: ProvedAccount, _ client: RegisteredClient,
        at now: Date
    ) -> Consent? {
        interaction.facts.lastConsent.map {
            Consent(account: account.id, client: client.id, scopes: $0.text, updatedAt: now)
        }
    }
}
