import Flow
import FoundationEssentials
import Serving
import Store
import Web

/// Where somebody was on the way to, who has followed the link of a mail.
struct MailLinkOrigin: Sendable {
    let desk: Desk
    /// Nil where the link is unknown.
    let token: MailToken?

    /// The sign-in: of the request that waits, where this browser holds it and it is live; else a new one
    /// at the teleservice that it came from; else at the portal.
    func signIn(_ cookies: CookieJar) async throws -> String {
        if let path = try await path(to: .password, cookies) { return path }
        if let id = token?.client, let client = try? await desk.clients.client(id),
            let entry = client.signInEntry(issuer: desk.issuer)
        {
            return entry
        }
        return OwnPage.portal.path
    }

    /// A step of the request that waits; nil where it is over, or another browser's.
    func path(to step: StepID, _ cookies: CookieJar) async throws -> String? {
        guard let id = token?.interaction else { return nil }
        let found = try await InteractionDesk(desk: desk).find(
            id, sealed: nil, cookies, at: desk.now)
        guard case .live = found else { return nil }
        return Dispatcher.path(id, step, sealed: nil)
    }
}
