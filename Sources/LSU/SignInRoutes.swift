import Federation
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Tokens

/// The way in: `/connexion`, `/retour`, and `/initier` for the portal's tiles.
struct SignInRoutes: Sendable {
    /// In our addresses: the provider's pairwise identifier of the child to show.
    static let childParameter = "enfant"
    /// Longer values are no identifiers of any provider (Core §2: 255 characters).
    private static let childBytesMax = 255

    let teleservice: Teleservice

    func add(to router: Router<ServingContext>) {
        router.get(RouterPath(TeleservicePaths.start)) { request, context in
            let child = try RequestForm.query(request)[Self.childParameter]
            return await begin(child: child, request, context)
        }
        router.get(RouterPath(TeleservicePaths.callback)) { request, context in
            await finish(try RequestForm.query(request), request, context)
        }
        // Both methods (Core §4).
        router.get(RouterPath(TeleservicePaths.initiate)) { request, context in
            try await initiate(RequestForm.query(request), request, context)
        }
        router.post(RouterPath(TeleservicePaths.initiate)) { request, context in
            // A POST from another site brings no cookie (SameSite=Lax), and ours keeps the sign-ins
            // of the other tabs: the GET that follows has it.
            let form = try await RequestForm.body(request, context)
            return Redirect.seeOther(teleservice.startPath(child: try target(of: form)))
        }
    }

    // MARK: There

    private func begin(
        child: String?, _ request: Request, _ context: ServingContext
    ) async -> Response {
        let now = teleservice.environment.now()
        let random = teleservice.environment.random
        let note = child.flatMap { $0.utf8.count <= Self.childBytesMax ? $0 : nil } ?? ""
        do throws(FederationError) {
            let started = try await teleservice.relyingParty.start(
                SignInWish(note: note), at: now, random: random)
            let cookie = teleservice.signInCookie
            let pending = cookie.pending(in: CookieJar(request), at: now) + [started.pending]
            return Redirect.found(
                started.url, headers: [.setCookie: cookie.setCookie(pending, random: random)])
        } catch {
            return failed(error, context)
        }
    }

    /// Third-party initiated login (Core §4): always a sign-in of its own, so that a session of
    /// somebody who has used this browser before is never taken for the person at the portal.
    private func initiate(
        _ form: Form, _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        await begin(child: try target(of: form), request, context)
    }

    /// The child that `target_link_uri` names. Refuses foreign issuers and addresses that are not
    /// ours, which would make an open redirector of this one.
    private func target(of form: Form) throws -> String? {
        guard form.duplicates.isEmpty,
            form["iss"] == teleservice.relyingParty.configuration.issuer
        else { throw HTTPError(.badRequest) }
        guard let text = form["target_link_uri"] else { return nil }
        let own = teleservice.service.baseURL + teleservice.service.kind.landing
        guard let uri = try? URIReference(text), uri.fragment == nil,
            text == own || text == teleservice.service.baseURL + "/" || text.hasPrefix(own + "?")
        else { throw HTTPError(.badRequest) }
        guard let query = uri.query else { return nil }
        guard let parameters = try? Form(parsing: query), parameters.duplicates.isEmpty else {
            throw HTTPError(.badRequest)
        }
        return parameters[Self.childParameter]
    }

    // MARK: And back

    private func finish(
        _ form: Form, _ request: Request, _ context: ServingContext
    ) async -> Response {
        let now = teleservice.environment.now()
        let random = teleservice.environment.random
        let jar = CookieJar(request)
        let all = teleservice.signInCookie.pending(in: jar, at: now)
        guard let state = form["state"], let pending = all.first(where: { $0.state == state }),
            teleservice.spentStates.use(state, until: pending.expiresAt, at: now)
        else { return failed(.stateMismatch, context) }
        let rest = all.filter { $0 != pending }
        let keep = teleservice.signInCookie.setCookie(rest, random: random)
        do throws(FederationError) {
            let identity = try await teleservice.relyingParty.finish(
                form, pending, at: now, random: random)
            let session = try session(of: identity, at: now)
            let id = teleservice.sessions.open(
                session, replacing: jar[teleservice.cookies.session], random: random)
            var url = teleservice.service.kind.landing
            if !pending.wish.note.isEmpty {
                url += "?" + Form.encode([(Self.childParameter, pending.wish.note)])
            }
            var response = Redirect.found(url)
            response.headers.append(HTTPField(name: .setCookie, value: keep))
            response.headers.append(
                HTTPField(
                    name: .setCookie,
                    value: teleservice.cookies.setCookie(teleservice.cookies.session, id)))
            return response
        } catch {
            var response = failed(error, context)
            response.headers.append(HTTPField(name: .setCookie, value: keep))
            return response
        }
    }

    private func session(
        of identity: FederatedIdentity, at now: Date
    ) throws(FederationError) -> TeleserviceSession {
        let pupils: [Pupil]
        do {
            pupils = try Pupil.list(in: identity.claims)
        } catch {
            throw .userInfo("\(error.path) \(error.code)")
        }
        let names = ["given_name", "family_name"].compactMap { identity.claims.member($0)?.string }
        let name = names.isEmpty ? "Responsable légal" : names.joined(separator: " ")
        return TeleserviceSession(
            issuer: identity.issuer, subject: identity.subject,
            providerSessionID: identity.sessionID, idToken: identity.idToken,
            civility: identity.claims.member("civility")?.string, name: name,
            pupils: pupils, csrfToken: Base64URL.encode(teleservice.environment.random(32)),
            openedAt: now)
    }

    private func failed(_ error: FederationError, _ context: ServingContext) -> Response {
        let failure = SignInFailure(error)
        context.logger.warning(
            "sign-in failed",
            metadata: ["correlation": "\(context.correlation)", "cause": "\(error)"])
        return PageResponse(
            SignInFailurePage(failure: failure, reference: context.correlation)
                .inside(teleservice.layout),
            status: failure.status
        ).response
    }
}

/// What a parent must know of a failed sign-in: what to do, never the cause.
enum SignInFailure: Sendable {
    /// The parent has turned back.
    case cancelled
    /// Begun in another browser, too long ago, or finished already.
    case stale
    /// EduConnect doesn't answer as it should.
    case unavailable

    init(_ error: FederationError) {
        switch error {
        case .refused(let code, _):
            self = code == "access_denied" ? .cancelled : .unavailable
        case .malformedResponse, .stateMismatch, .expired, .issuerMismatch:
            self = .stale
        case .unusableMetadata, .unusableKeys, .tokenRefused, .malformedTokenResponse, .idToken,
            .userInfo, .subjectMismatch, .insufficientLevel, .tooLongAgo, .logoutToken, .signing,
            .unreachable, .providerFailed, .unavailable, .notOffered, .pivotIdentity:
            self = .unavailable
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        // Nothing went wrong: the parent chose so.
        case .cancelled: .ok
        case .stale: .badRequest
        case .unavailable: .serviceUnavailable
        }
    }
}
