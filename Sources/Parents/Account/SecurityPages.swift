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

    /// A person has a few: so many are shown.
    private static let sessionsMax = 100
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
            let (found, names, guardian) = try await desk.store.read { reader in
                let found = (
                    sessions: try reader.sessionOverviews(
                        of: account, limit: Self.sessionsMax, at: now),
                    links: try reader.upstreamLinks(of: account),
                    services: try reader.connectedServices(of: account, at: now),
                    events: try reader.auditEvents(
                        of: account, before: nil, limit: Self.eventsRead)
                )
                let clients =
                    found.sessions.flatMap(\.clients) + found.services.map(\.client)
                    + found.events.compactMap(\.client)
                return (
                    found, try Self.names(of: Set(clients), reader),
                    try reader.guardians(of: account).latest
                )
            }
            let recent = found.events.lazy.compactMap { RecentEvent($0, names) }.prefix(
                Self.eventsMax)
            let page = SecurityPage(
                sections: [
                    OpenSessions(
                        sessions: found.sessions, names: names, current: visitor.session.id,
                        hidden: visitor.hiddenFields()),
                    LinkedIdentities(
                        identities: found.links.map { LinkedIdentity($0, providers) },
                        isFederated: visitor.isFederated),
                    ConnectedServices(
                        services: found.services, names: names, hidden: visitor.hiddenFields()),
                    RecentEvents(events: Array(recent)),
                ], flash: visitor.flash(request))
            return visitor.answer(page, for: AccountOwner(visitor, guardian))
        }
    }

    /// What the teleservices are called, also where one is disabled: a consent can be taken back from it
    /// all the same. One that is registered no longer is called by its id.
    private static func names(
        of clients: Set<String>, _ reader: some StoreReading
    ) throws -> [String: String] {
        var names: [String: String] = [:]
        for id in clients {
            names[id] = try reader.client(id).map { try RegisteredClient($0).displayName } ?? id
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
        // A session of another account stays as it is, whatever a form says.
        return try await committed(
            [
                .endSessionOf(visitor.account.id, id, .endedByUser),
                visitor.audit(.sessionsEnded, "one"),
            ], visitor, saying: .sessionEnded)
    }

    /// With them goes a change of address that waits: whoever sat in one of them may have begun it
    /// (security history 2.27).
    private func endOthers(_ visitor: Visitor) async throws -> Response {
        let abandoned = try? AccountChange(
            .addressAbandoned, of: visitor.account, desk.policy, at: visitor.now)
        var changes: [Change] = [
            .endOtherSessions(visitor.account.id, except: visitor.session.id, .endedByUser),
            visitor.audit(.sessionsEnded, "others"),
        ]
        if let abandoned { changes += abandoned.changes + [visitor.audit(.addressAbandoned)] }
        return try await committed(
            changes, visitor,
            saying: abandoned == nil ? .otherSessionsEnded : .allButThisSessionEnded)
    }

    private func withdraw(_ form: Form, _ visitor: Visitor) async throws -> Response {
        let account = visitor.account.id
        guard let client = form[Field.service],
            try await desk.store.read({ try $0.consent(of: account, client: client) }) != nil
        else { return visitor.again }
        let changes = [
            Change.withdrawConsent(account, client: client),
            visitor.audit(.consentWithdrawn, client: client),
        ]
        return try await committed(changes, visitor, saying: .consentWithdrawn)
    }

    private func committed(
        _ changes: [Change], _ visitor: Visitor, saying flash: Flash
    ) async throws -> Response {
        switch try await visitor.commit(changes) {
        case .saved: visitor.leads(to: .security, saying: flash)
        case .moved, .limited: visitor.nothingChanged
        }
    }
}
