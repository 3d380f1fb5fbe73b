import Flow
import FoundationEssentials
import HTML
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/compte/identites`: the identities of providers that open the account, one more of them, or one
/// less (journeys.md §8.2 no. 9; SR-37).
///
/// Only for whoever has signed in with the password lately: a session that an identity opened could
/// otherwise make itself lasting, or shut the others out. Taking one away ends every other session;
/// this one goes on under a new name.
public struct IdentitiesPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor
    private let interactions: InteractionDesk
    private let providers: ProviderNames

    enum Field {
        static let identity = "identity"
    }

    enum Action: String {
        case link = "lier"
        case unlink = "retirer"
    }

    public init(desk: Desk, providers: ProviderNames) {
        self.desk = desk
        self.providers = providers
        door = GuardianDoor(desk: desk)
        interactions = InteractionDesk(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(OwnPage.identities.path), use: show)
        router.post(RouterPath(OwnPage.identities.path), use: take)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.identities, request, context, freshness: .recent) { visitor in
            if visitor.isFederated { return security }
            let (account, now) = (visitor.account, visitor.now)
            let (links, guardian) = try await desk.store.read { reader in
                (
                    try reader.upstreamLinks(of: account.id),
                    try reader.guardians(of: account.id).latest
                )
            }
            let page = IdentitiesPage(
                identities: links.map { LinkedIdentity($0, providers) },
                mayUnlink: PasswordStanding(account, at: now, desk.policy.provisionalPassword)
                    == .own, mayLink: !providers.isEmpty, hidden: visitor.hiddenFields(),
                flash: visitor.flash(request))
            return visitor.answer(page, for: AccountOwner(visitor, guardian))
        }
    }

    private func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.take(.identities, request, context, freshness: .recent) { form, visitor in
            if visitor.isFederated { return security }
            switch form[StepField.action].flatMap(Action.init(rawValue:)) {
            case .link: return try link(visitor, request)
            case .unlink: return try await unlink(form, visitor)
            case nil: return visitor.again
            }
        }
    }

    /// What a session of an identity's sees instead.
    private var security: Response { Redirect.seeOther(desk.url(OwnPage.security.path)) }

    /// To the providers' buttons, in a flow of its own.
    private func link(_ visitor: Visitor, _ request: Request) throws -> Response {
        let wanted = PageRequest(
            .identities, authenticatedSince: visitor.now - desk.policy.freshSignIn,
            validatedAt: visitor.now)
        let begun = interactions.begin(
            .link(wanted), CookieJar(request), provedBy: visitor.session, opening: .upstream,
            at: visitor.now)
        guard let begun else { throw HTTPError(.serviceUnavailable) }
        return begun
    }

    private func unlink(_ form: Form, _ visitor: Visitor) async throws -> Response {
        let (account, now) = (visitor.account, visitor.now)
        let links = try await desk.store.read { try $0.upstreamLinks(of: account.id) }
        guard let link = links.first(where: { LinkedIdentity.key($0) == form[Field.identity] }),
            let change = try? AccountChange(.identityUnlinked, of: account, desk.policy, at: now),
            let session = visitor.session(goingOnIn: change.account)
        else { return visitor.nothingChanged }
        let identity = LinkedIdentity(link, providers)
        let mail = AccountMails(desk: desk).unlinked(
            account, provider: identity.provider, at: now)
        let changes: [Change?] =
            change.changes + [
                .unlink(issuer: link.issuer, subject: link.subject, account: account.id),
                .openSession(session.row), visitor.audit(.unlinked, identity.provider), mail,
            ]
        switch try await visitor.commit(changes.compactMap { $0 }) {
        case .saved:
            return visitor.leads(
                to: .identities, saying: .identityUnlinked, headers: [.setCookie: session.cookie])
        case .moved, .limited: return visitor.nothingChanged
        }
    }
}

/// What the providers of this installation are called.
public struct ProviderNames: Sendable {
    private let names: [String: String]

    /// - Parameter names: by issuer.
    public init(_ names: [String: String]) { self.names = names }

    var isEmpty: Bool { names.isEmpty }

    /// The issuer itself where the operator has taken the provider out.
    func name(of issuer: String) -> String { names[issuer] ?? issuer }
}
