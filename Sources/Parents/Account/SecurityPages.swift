import Flow
import FoundationEssentials
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/compte/securite`, the tab « Sécurité »: where the account is open, which identities open it, which
/// services it is connected to, and what happened to it lately; sessions and consents are ended here (SR-59).
public struct SecurityPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor
    private let providers: ProviderNames

    enum Field {
        static let session = "session"
        static let service = "service"
    }

    enum Action: String {
        case endSession = "fermer"
        case endOthers = "fermer-autres"
        case withdraw = "retirer"
    }

    /// A person has a few: so many are shown,
    private static let sessionsMax = 100
    /// and so many ended at once.
    private static let endedMax = 1000
    private static let eventsMax = 20
    /// Among so many, those that the page has words for.
    private static let eventsRead = 200

    public init(desk: Desk, providers: ProviderNames) {
        self.desk = desk
        self.providers = providers
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.security.path), use: show)
        router.post(RouterPath(OwnPage.security.path), use: take)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.security, request, context) { visitor in
            let (account, now) = (visitor.account.id, visitor.now)
            let (sessions, links, services, events, guardian) = try await desk.store.read {
                reader in
                (
                    try reader.sessionOverviews(of: account, limit: Self.sessionsMax, at: now),
                    try reader.upstreamLinks(of: account),
                    try reader.connectedServices(of: account, at: now),
                    try reader.auditEvents(of: account, before: nil, limit: Self.eventsRead),
                    try reader.guardians(of: account).latest
                )
            }
            let names = try await names(
                of: sessions.flatMap(\.clients) + services.map(\.client)
                    + events.compactMap(\.client))
            let recent = events.lazy.compactMap { RecentEvent($0, names) }.prefix(Self.eventsMax)
            let page = SecurityPage(
                sections: [
                    OpenSessions(
                        sessions: sessions, names: names, current: visitor.session.id,
                        hidden: visitor.hiddenFields()),
                    LinkedIdentities(
                        identities: links.map { LinkedIdentity($0, providers) },
                        isFederated: visitor.isFederated),
                    ConnectedServices(
                        services: services, names: names, hidden: visitor.hiddenFields()),
                    RecentEvents(events: Array(recent)),
                ], flash: visitor.flash(request))
            return visitor.answer(page, for: AccountOwner(visitor, guardian))
        }
    }

    /// What the teleservices are called; one that is registered no longer is called nothing.
    private func names(of clients: [String]) async throws -> [String: String] {
        var names: [String: String] = [:]
        for client in Set(clients) {
            names[client] = try await desk.clients.client(client)?.displayName
        }
        return names
    }

    private func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.security, request, context) { form, visitor in
            switch form[StepField.action].flatMap(Action.init(rawValue:)) {
            case .endSession: try await endSession(form, visitor)
            case .endOthers: try await endOthers(visitor)
            case .withdraw: try await withdraw(form, visitor)
            case nil: visitor.again
            }
        }
    }

    /// This very session ends by signing out.
    private func endSession(_ form: Form, _ visitor: Visitor) async throws -> Response {
        guard
            let id = form[Field.session].flatMap(Base64URL.decode).flatMap(Session.ID.init(bytes:)),
            id != visitor.session.id
        else { return visitor.again }
        return try await end([id], visitor, saying: .sessionEnded)
    }

    private func endOthers(_ visitor: Visitor) async throws -> Response {
        let (account, now) = (visitor.account.id, visitor.now)
        let sessions = try await desk.store.read {
            try $0.sessionOverviews(of: account, limit: Self.endedMax, at: now)
        }
        let others = sessions.map(\.session.id).filter { $0 != visitor.session.id }
        return try await end(others, visitor, saying: .otherSessionsEnded)
    }

    private func end(
        _ sessions: [Session.ID], _ visitor: Visitor, saying flash: Flash
    ) async throws -> Response {
        guard !sessions.isEmpty else { return visitor.again }
        // A session of another account stays as it is, whatever a form says.
        let ends = sessions.map { Change.endSessionOf(visitor.account.id, $0, .endedByUser) }
        let event = visitor.audit("sessionsEnded", "\(sessions.count)")
        return try await committed(ends + [event], visitor, saying: flash)
    }

    private func withdraw(_ form: Form, _ visitor: Visitor) async throws -> Response {
        let account = visitor.account.id
        guard let client = form[Field.service],
            try await desk.store.read({ try $0.consent(of: account, client: client) }) != nil
        else { return visitor.again }
        let changes = [
            Change.withdrawConsent(account, client: client),
            visitor.audit("consentWithdrawn", client: client),
        ]
        return try await committed(changes, visitor, saying: .consentWithdrawn)
    }

    private func committed(
        _ changes: [Change], _ visitor: Visitor, saying flash: Flash
    ) async throws -> Response {
        switch try await visitor.commit(changes) {
        case .saved: visitor.leads(to: .security, saying: flash)
        case .moved, .limited: visitor.again
        }
    }
}
