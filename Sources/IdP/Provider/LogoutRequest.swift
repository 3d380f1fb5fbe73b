import Flow
import FoundationEssentials
import Store
import Tokens
import Web

/// What a teleservice asks when it sends a browser to `/logout`, checked: `target` exists only where
/// an identified client has registered it (security history 2.4).
struct LogoutRequest: Sendable {
    let client: RegisteredClient?
    /// The registered address to go back to, with `state`.
    let target: String?
    /// Whether the browser goes on to `target` by itself. Only a hint does that: anybody may name a
    /// client (oidcc-rp-initiated-logout-no-id-token-hint).
    let leadsOn: Bool
    /// What of the request matters, to be asked again by an address or a form of ours.
    let parameters: [(name: String, value: String)]
    private let hint: IDTokenClaims?

    static let names = ["client_id", "post_logout_redirect_uri", "state", "id_token_hint"]

    /// - Parameter leadsOn: whether an earlier request had the hint that this one repeats without.
    ///
    /// Throws `LogoutFailure` for a hint that is none of ours, or an address that is not registered.
    init(_ form: Form, leadsOn: Bool = false, _ desk: Desk) async throws {
        guard form.duplicates.isEmpty else { throw PageError.unreadable }
        let now = desk.now
        var hint: IDTokenClaims?
        if let text = form.parameter("id_token_hint") {
            // An expired one still names its session (§2): only signature and issuer count.
            hint = try? IDTokenClaims.hint(
                text, keys: desk.keys.current.hintKeys(at: now), issuer: desk.issuer)
            guard hint != nil else { throw LogoutFailure.unknownHint }
        }
        let hinted = hint?.audience.first
        if let named = form.parameter("client_id"), let hinted, named != hinted {
            throw LogoutFailure.otherClient
        }
        let id = form.parameter("client_id") ?? hinted
        let client: RegisteredClient? =
            if let id { try await desk.clients.current(id) } else { nil }
        self.client = client
        self.hint = hint
        self.leadsOn = leadsOn || hint != nil
        parameters = Self.names.compactMap { name in form.parameter(name).map { (name, $0) } }
        guard let wanted = form.parameter("post_logout_redirect_uri") else {
            target = nil
            return
        }
        guard let registered = client?.metadata.postLogoutRedirectURI(matching: wanted) else {
            throw LogoutFailure.unknownRedirectURI
        }
        let state = form.parameter("state").map { [("state", $0)] } ?? []
        target = registered.appending(query: state)
    }

    /// Whether the hint names this very session: by its `sid`, or by its subject.
    func names(_ session: Session, _ desk: Desk) async throws -> Bool {
        guard let hint, let client else { return false }
        return try await desk.store.read { reader in
            if let sid = hint.sessionID {
                return try reader.sid(of: session.id, client: client.id) == sid
            }
            let subject = try reader.subject(of: .account(session.account), sector: client.sector)
            return subject == hint.subject
        }
    }
}

/// Why a logout request is refused; the page names the cause.
enum LogoutFailure: Error, Sendable, Equatable {
    case unknownHint
    case otherClient
    case unknownRedirectURI
}
