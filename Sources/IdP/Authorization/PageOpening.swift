import Flow
import FoundationEssentials
import Hummingbird
import Parents
import Serving
import Store
import Web

/// Opens a page of our own to whom has signed in: the same steps and the same session as for a
/// teleservice, but nobody is sent a code (J §3.0.2).
struct PageOpening: Sendable {
    let desk: Desk

    func finish(_ end: EndOfFlow) async throws -> Response {
        guard case .page(let wanted) = end.interaction.destination,
            let person = try await end.person(desk)
        else { throw PageError.expired }
        let event = AuditEvent(
            id: desk.makeID(at: end.now), at: end.now, kind: .signedIn,
            account: person.account.id, network: end.network, detail: wanted.page.rawValue)
        let isLinking = end.interaction.isLinking
        let hasSignedIn = person.plan.token != nil && !isLinking
        let completion = SignInCompletion(
            account: person.account.id, epoch: person.account.epoch, session: person.plan.use,
            interaction: try end.written(desk), touchesAccess: hasSignedIn,
            changes: hasSignedIn ? [.audit(event)] : [])
        let now = end.now
        let result = try await desk.store.write { try $0.signIn(completion, at: now) }
        guard case .completed = result else { throw PageError.expired }
        let address =
            isLinking
            ? FlashSeal(desk, end.interaction.browser, person.account.id, at: now)
                .address(of: wanted.page, saying: .identityLinked)
            : desk.url(wanted.page.path)
        return Redirect.seeOther(address, headers: end.cookies(person.plan, desk))
    }

    /// « Annuler »: there is no teleservice to go back to. Whoever is signed in comes back to the page
    /// that they left; for others the door is where it was.
    func abandon(_ end: EndOfFlow) async throws -> Response {
        try await end.abandon(desk)
        let page: OwnPage =
            if case .link(let wanted) = end.interaction.purpose { wanted.page } else { .portal }
        return Redirect.seeOther(
            desk.url(page.path), headers: end.isStored ? end.cookies(nil, desk) : [:])
    }
}
