import Flow
import FoundationEssentials
import Hummingbird
import Serving
import Store
import Tokens
import Web

/// `/portail`, and the public address itself, which leads there (J §3.0.2, §3.5).
///
/// A page costs three queries, whatever the family's size: the session, the family, the teleservices.
public struct PortalPages: Sendable {
    private let desk: Desk
    private let door: GuardianDoor

    public init(desk: Desk) {
        self.desk = desk
        door = GuardianDoor(desk: desk)
    }

    public func addRoutes(to router: Router<ServingContext>) {
        router.get(RouterPath(WayOn.home)) { [desk] _, _ in
            Redirect.seeOther(desk.url(OwnPage.portal.path))
        }
        router.get(RouterPath(OwnPage.portal.path), use: show)
    }

    private func show(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await door.show(.portal, request, context) { visitor in
            let (account, now) = (visitor.account, visitor.now)
            let (family, revisions) = try await desk.store.read { reader in
                (
                    try reader.family(of: account.id, at: now),
                    try reader.clientRevisions(limit: Self.teleservicesMax)
                )
            }
            let teleservices = try await desk.clients.all(revisions)
            let portal = Portal(
                family: try await named(family, for: teleservices), teleservices: teleservices,
                issuer: desk.issuer)
            let guardian = family.guardians.latest
            let page = PortalPage(
                schools: portal.schools, hasAddress: account.email != nil,
                isWaiting: account.pendingEmail != nil)
            return visitor.response(
                page, name: guardian?.nameAsListed ?? AccountOwner(visitor, nil).title,
                detail: account.previousAccessAt.map {
                    "Dernière connexion le " + ParisTime.dayAndSecond($0)
                })
        }
    }

    /// More are on no family's portal.
    private static let teleservicesMax = 200

    /// The family with an identifier of each child for each teleservice that is told which child is
    /// meant: random, made when it is first needed, and never changed (design D8).
    private func named(
        _ family: Family, for teleservices: [RegisteredClient]
    ) async throws -> Family {
        var missing: [SubjectIdentifier] = []
        for child in family.children {
            let sectors = teleservices.filter {
                $0.policy.tile.map { $0.namesChild && $0.isOpen(to: child.view) } ?? false
            }.map(\.sector)
            for sector in Set(sectors) where child.subjects[sector] == nil {
                missing.append(
                    SubjectIdentifier(
                        owner: .child(child.view.child.id), sector: sector,
                        value: Base64URL.encode(desk.environment.random(32))))
            }
        }
        if missing.isEmpty { return family }
        let identifiers = missing
        let values = try await desk.store.write { writer in
            try identifiers.map { try writer.ensure($0) }
        }
        var family = family
        for (identifier, value) in zip(identifiers, values) {
            for index in family.children.indices
            where identifier.owner == .child(family.children[index].view.child.id) {
                family.children[index].subjects[identifier.sector] = value
            }
        }
        return family
    }
}
