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

extension AuthorizationResponse {
    /// A code, for whom the interaction is about.
    func finish(
        _ end: EndOfFlow, _ wanted: AuthorizationRequest, of client: RegisteredClient
    ) async throws -> Response {
        let interaction = end.interaction
        guard let person = try await end.person(desk) else {
            throw RequestPageError(.expired, of: client)
        }
        let draft = CompletionDraft(
            wanted, for: client, desk: desk, network: end.network, at: end.now)
        let written = CompletionDraft.Person(
            account: person.account, summary: Summary(person.summary), session: person.plan.use,
            sessionExpiresAt: person.plan.expiresAt, interaction: try end.written(desk),
            changes: consent(interaction, person.account, client, at: end.now)
                .map { [.consent($0)] } ?? [])
        let result = try await desk.store.write { try draft.write(for: written, in: $0) }
        guard case .completed = result else { throw RequestPageError(.expired, of: client) }
        return redirect(
            .code(draft.code), to: wanted.target, naming: client,
            after: end.isStored ? .form : .get, headers: end.cookies(person.plan, desk))
    }

    func fail(
        _ error: OAuthError, _ end: EndOfFlow, _ wanted: AuthorizationRequest,
        of client: RegisteredClient
    ) async throws -> Response {
        try await end.abandon(desk) { try client.confirm(in: $0) }
        return redirect(
            .failure(error), to: wanted.target, naming: client,
            after: end.isStored ? .form : .get,
            headers: end.isStored ? end.cookies(nil, desk) : [:])
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
