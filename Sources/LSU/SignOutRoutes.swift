import Federation
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import Serving
import Tokens

/// The way out: the parent's own, and the provider's word that its session has ended.
struct SignOutRoutes: Sendable {
    /// How long a logout token's `jti` is remembered: as long as such a token may live and then
    /// some.
    private static let replayWindow: TimeInterval = 15 * 60

    let teleservice: Teleservice

    func add(to router: Router<ServingContext>) {
        router.post(RouterPath(TeleservicePaths.signOut)) { request, context in
            try await signOut(request, context)
        }
        router.get(RouterPath(TeleservicePaths.signedOut)) { _, _ in
            PageResponse(SignedOutPage(kind: teleservice.service.kind).inside(teleservice.layout))
        }
        router.post(RouterPath(TeleservicePaths.backChannel)) { request, context in
            await backChannel(request, context)
        }
    }

    /// Ends our session, then the provider's (RP-Initiated Logout 1.0). Ours ends even where the
    /// provider can't be reached (SR-39).
    private func signOut(_ request: Request, _ context: ServingContext) async throws -> Response {
        let form = try await RequestForm.body(request, context)
        guard let parent = teleservice.signedIn(request) else {
            return Redirect.seeOther(TeleservicePaths.signedOut)
        }
        guard isOwnForm(request, form, parent) else { throw HTTPError(.forbidden) }
        teleservice.sessions.end(parent.sessionID)
        let expired = teleservice.cookies.expire(teleservice.cookies.session)
        var url: String?
        do throws(FederationError) {
            url = try await teleservice.relyingParty.signOut(
                parent.session.idToken, state: nil, at: teleservice.environment.now())
        } catch {
            context.logger.warning(
                "provider's sign-out unknown",
                metadata: ["correlation": "\(context.correlation)", "cause": "\(error)"])
        }
        guard let url else {
            return Redirect.seeOther(TeleservicePaths.signedOut, headers: [.setCookie: expired])
        }
        // A page that leaves by itself: a redirect after a POST would meet our own `form-action`
        // (design D15).
        var response = LeavePage(
            layout: teleservice.layout, to: url, destination: "EduConnect"
        ).response
        response.headers.append(HTTPField(name: .setCookie, value: expired))
        return response
    }

    /// The session's own token, and no word of another origin from the browser (SR-60).
    private func isOwnForm(_ request: Request, _ form: Form, _ parent: SignedInParent) -> Bool {
        guard let token = form[SignedInParent.csrfField],
            ConstantTime.equal(Array(token.utf8), Array(parent.session.csrfToken.utf8))
        else { return false }
        return !FormOrigin(of: teleservice.service.baseURL).isForeign(request.headers)
    }

    /// Source: OpenID Connect Back-Channel Logout 1.0 §2.5–2.8.
    private func backChannel(_ request: Request, _ context: ServingContext) async -> Response {
        let now = teleservice.environment.now()
        guard let form = try? await RequestForm.body(request, context), form.duplicates.isEmpty,
            let text = form["logout_token"]
        else { return refusal("logout_token is missing") }
        do throws(FederationError) {
            let claims = try await teleservice.relyingParty.logoutToken(text, at: now)
            let isFirst = teleservice.seenLogoutTokens.use(
                claims.id, until: now.addingTimeInterval(Self.replayWindow), at: now)
            guard isFirst else { return refusal("jti was used before") }
            let count = teleservice.sessions.end(
                providerSessionID: claims.sessionID, subject: claims.subject, issuer: claims.issuer)
            context.logger.info(
                "logged out by the provider", metadata: ["sessions": "\(count)"])
            return Response(status: .ok)
        } catch {
            context.logger.warning("logout token refused", metadata: ["cause": "\(error)"])
            return refusal("the logout token is not valid")
        }
    }

    private func refusal(_ description: String) -> Response {
        JSONResponse(OAuthError(.invalidRequest, description).json, status: .badRequest).response
    }
}
