import Federation
import FoundationEssentials
import HTML
import HTTPTypes
import Hummingbird
import Outgoing
import Serving
import Tokens

/// One running teleservice: a relying party of EduConnect like any other.
struct Teleservice: Sendable {
    let service: LSUConfiguration.Service
    let environment: ServerEnvironment
    let relyingParty: RelyingParty
    let publicKeys: JWKSet
    let sessions = TeleserviceSessions()
    let spentStates = RecentIdentifiers()
    let seenLogoutTokens = RecentIdentifiers()
    let cookies: CookieNames
    let signInCookie: SignInCookie
    let layout: Layout
    /// Where documents are printed, some milliseconds each.
    let printers: WorkerPool

    private static let printersWaiting = 32

    /// Throws where the client's key can't be read or made, or no thread can be started. Nothing is
    /// fetched yet.
    init(
        _ service: LSUConfiguration.Service, issuer: String, http: any OutgoingHTTP,
        environment: ServerEnvironment
    ) throws {
        let authentication: RelyingParty.Authentication
        var publicKeys = JWKSet([])
        switch service.authentication {
        case .none:
            authentication = .none
        case .secretBasic(let secret):
            authentication = .secretBasic(secret)
        case .secretPost(let secret):
            authentication = .secretPost(secret)
        case .privateKeyJWT(let file):
            let key = try ClientKey(file: file)
            authentication = .privateKeyJWT(key.signer)
            publicKeys = key.publicKeys
        }
        guard let scope = Scope(service.kind.scope) else { throw ConfigurationErrors(["scope"]) }
        let cookies = CookieNames(secure: service.isSecure, application: service.kind.cookieName)
        guard
            let signInCookie = SignInCookie(
                cookies, keyBytes: environment.random(StoreKey.byteCount))
        else { throw ConfigurationErrors(["no key for the sign-in cookie"]) }
        self.service = service
        self.environment = environment
        self.publicKeys = publicKeys
        self.cookies = cookies
        self.signInCookie = signInCookie
        layout = service.kind.layout(issuer: issuer)
        printers = try WorkerPool(
            threads: ProcessInfo.processInfo.activeProcessorCount, waiting: Self.printersWaiting)
        relyingParty = RelyingParty(
            RelyingParty.Configuration(
                issuer: issuer, clientID: service.clientID, authentication: authentication,
                redirectURI: service.baseURL + TeleservicePaths.callback, scope: scope,
                postLogoutRedirectURI: service.baseURL + TeleservicePaths.signedOut),
            http: http)
    }

    /// All addresses of this teleservice.
    func router() -> Router<ServingContext> {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(layout: layout))
        StaticFiles.addRoutes(to: router)
        SignInRoutes(teleservice: self).add(to: router)
        SignOutRoutes(teleservice: self).add(to: router)
        router.get("/") { request, _ in
            PageResponse(
                HomePage(kind: service.kind, user: signedIn(request)?.menu).inside(layout))
        }
        router.get(RouterPath(TeleservicePaths.terms)) { request, _ in
            PageResponse(
                TermsPage(kind: service.kind).inside(layout, user: signedIn(request)?.menu))
        }
        router.get(RouterPath(TeleservicePaths.keys)) { _, _ in
            JSONResponse(publicKeys.serialized(), headers: [.cacheControl: "public, max-age=300"])
        }
        // The provider is no part of either: without it the pages still say what to do.
        for word in ["live", "ready"] {
            router.get(RouterPath("/health/\(word)")) { _, _ in
                JSONResponse(Array("{\"status\":\"\(word)\"}\n".utf8))
            }
        }
        switch service.kind {
        case .lsu: ReportRoutes(teleservice: self).add(to: router)
        case .inscription: EnrolmentRoutes(teleservice: self).add(to: router)
        }
        router.refuseOtherMethods()
        return router
    }

    /// Who asks; nil for a browser without a live session.
    func signedIn(_ request: Request) -> SignedInParent? {
        guard let id = CookieJar(request)[cookies.session],
            let session = sessions.session(id, at: environment.now())
        else { return nil }
        return SignedInParent(sessionID: id, session: session)
    }

    /// Sends a browser without a session to sign in, and back to the child it asked for.
    func signInFirst(child: String?) -> Response {
        Redirect.found(startPath(child: child))
    }

    func startPath(child: String?) -> String {
        guard let child else { return TeleservicePaths.start }
        return TeleservicePaths.start + "?" + Form.encode([(SignInRoutes.childParameter, child)])
    }
}

/// A request of somebody who is signed in.
struct SignedInParent: Sendable {
    let sessionID: String
    let session: TeleserviceSession

    static let csrfField = "csrf"

    var menu: Layout.UserMenu {
        Layout.UserMenu(
            name: session.name,
            signOut: Layout.UserMenu.signOutForm(
                action: TeleservicePaths.signOut,
                hidden: [.init(name: Self.csrfField, value: session.csrfToken)]))
    }
}
