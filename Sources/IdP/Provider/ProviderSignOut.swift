import Federation
import Flow
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Store
import Tokens
import Web

/// The way to the provider that signed the parent in, whose session ends there too, and back
/// (J §3.11 step 2, SR-39).
///
/// Only the browser can end that session, and ours is over before it leaves: a provider that is down,
/// slow, closed by the operator since, or without a page for it changes nothing. Where the sign-out
/// was going travels in the `state`, sealed for this browser and this provider, so that whatever else
/// comes back leads nowhere.
struct ProviderSignOut: Sendable {
    let desk: Desk
    let upstreams: [Upstream]

    /// A browser that stays away longer finds the page that says it is signed out.
    static let lifetime = Duration.seconds(600)
    /// FranceConnect takes any text for a `state`; it stands in an address beside an ID token, and
    /// servers take 8 KiB in all. A longer one travels without the address to go back to.
    static let stateByteCountMax = 2048

    // MARK: There

    /// The page that leaves for the provider's sign-out; nil where there is no such way.
    ///
    /// A page and no redirect also after a GET: it may stand at the end of redirects that began with a
    /// form of the teleservice, and then its `form-action` would have to know the provider (D15).
    func departure(
        of session: Session, then wanted: LogoutRequest, _ cookies: CookieJar, headers: HTTPFields
    ) async -> Response? {
        guard let kept = UpstreamSession(of: session, desk),
            let upstream = upstreams.first(where: { $0.id == kept.provider && $0.isEnabled })
        else { return nil }
        let now = desk.now
        let browser = BrowserCookie(cookies, desk)
        let state = sealed(wanted, at: now, context: Self.context(upstream.id, browser.digest))
        do {
            let url = try await upstream.provider.signOut(
                Secret(kept.idToken), state: state, at: now)
            guard let url else { return nil }
            var response = LeavePage(
                layout: desk.layout, to: url, destination: upstream.displayName
            ).response
            response.headers.append(contentsOf: headers)
            response.headers.append(contentsOf: browser.headers)
            return response
        } catch {
            desk.environment.log.warning(
                "no sign-out at a provider",
                metadata: ["provider": "\(upstream.id)", "cause": "\(error)"])
            return nil
        }
    }

    /// Nil without a store key.
    private func sealed(_ wanted: LogoutRequest, at now: Date, context: String) -> String? {
        let names = ["post_logout_redirect_uri", "state"]
        let client = wanted.client.map { [("client_id", $0.id)] } ?? []
        let address = wanted.parameters.filter { names.contains($0.name) }
        for parameters in [client + address, client] {
            let json: JSON = [
                "form": .string(Form.encode(parameters)), "leadsOn": .bool(wanted.leadsOn),
                "expires": .integer((now + Self.lifetime).epochSeconds),
            ]
            let sealed = seal.seal(
                json.serialized(), context: context, random: desk.environment.random, at: now)
            guard let sealed else { return nil }
            let state = Base64URL.encode(sealed)
            if state.utf8.count <= Self.stateByteCountMax { return state }
        }
        return nil
    }

    // MARK: Back

    /// Where the sign-out was going, if this browser left for this provider ten minutes ago at most
    /// and the teleservice still has the address; nil for anything else that an address may hold.
    func awaited(_ request: Request, from provider: String) async throws -> LogoutRequest? {
        guard let response = try? RequestForm.query(request), response.duplicates.isEmpty,
            let browser = CookieJar(request)[desk.cookies.browser],
            let sealed = response["state"].flatMap(Base64URL.decode),
            let opened = try? seal.open(
                sealed, context: Self.context(provider, Digest.sha256(browser))),
            let json = try? JSON(parsing: opened),
            let form = try? Form(parsing: json.member("form")?.string ?? ""),
            let expiry = try? json.integer("expires"), desk.now.epochSeconds < expiry
        else { return nil }
        do {
            return try await LogoutRequest(
                form, leadsOn: json.member("leadsOn") == .bool(true), desk)
        } catch is LogoutFailure {
            return nil
        }
    }

    private var seal: PurposeSeal { PurposeSeal("sign-out at a provider", keys: desk.keys) }

    private static func context(_ provider: String, _ browser: Digest) -> String {
        "sign-out \(provider) \(Base64URL.encode(browser.bytes))"
    }
}
