import HTTPTypes
import Hummingbird
import Serving
import Tokens

/// The pages of a sign-in, in their order: the choice of an identity provider, its own sign-in, the
/// information page, the way back (J-A-03 to J-A-05).
struct InteractionRoutes: Sendable {
    let simulator: Simulator

    func add(to router: Router<ServingContext>) {
        let base = simulator.path("/interaction/:interaction")
        router.get(RouterPath(base)) { request, context in try begin(request, context) }
        router.get(RouterPath(base + "/information")) { request, context in
            try inside(request, context) { step in step.informationPage() }
        }
        router.post(RouterPath(base + "/information")) { request, context in
            try inside(request, context) { step in step.goOn() }
        }
        router.post(RouterPath(base + "/abandon")) { request, context in
            try inside(request, context) { step in step.giveUp() }
        }
        router.get(RouterPath(base + "/retour")) { request, context in
            try inside(request, context) { step in step.leave() }
        }
        router.get(RouterPath(base + "/fournisseur/:provider")) { request, context in
            try inside(request, context) { step in
                step.passwordPage(try provider(context))
            }
        }
        router.post(RouterPath(base + "/fournisseur/:provider")) { request, context in
            let form = try await RequestForm.body(request, context)
            return try inside(request, context) { step in
                step.signIn(form, try provider(context), context)
            }
        }
    }

    private func provider(_ context: ServingContext) throws -> IdentityProvider {
        guard let name = context.parameters.get("provider"),
            let provider = IdentityProvider(rawValue: name)
        else { throw HTTPError(.notFound) }
        return provider
    }

    /// The first page: binds the sign-in to this browser, and recognises who is signed in already.
    private func begin(_ request: Request, _ context: ServingContext) throws -> Response {
        let jar = CookieJar(request)
        let known = jar[simulator.cookies.browser]
        let browser = known ?? Base64URL.encode(simulator.environment.random(32))
        var response = try inside(request, context, as: browser) { step in step.begin(jar) }
        if known == nil {
            response.headers.append(
                HTTPField(
                    name: .setCookie,
                    value: simulator.cookies.setCookie(simulator.cookies.browser, browser)))
        }
        return response
    }

    /// Runs a step of a sign-in that lives and belongs to this browser. A form that another site has
    /// posted is none of its steps.
    private func inside(
        _ request: Request, _ context: ServingContext, as browser: String? = nil,
        _ step: (InteractionStep) throws -> Response
    ) throws -> Response {
        let browser = browser ?? CookieJar(request)[simulator.cookies.browser]
        if request.method == .post,
            FormOrigin(of: simulator.configuration.issuer).isForeign(request.headers)
        {
            throw HTTPError(.forbidden)
        }
        let name = context.parameters.get("interaction") ?? ""
        let interaction = simulator.interactions.update(name, at: simulator.environment.now()) {
            if $0.browser == nil { $0.browser = browser }
            return $0
        }
        guard let interaction, let browser, interaction.browser == browser else {
            return TechnicalErrorPage(error: .sessionLost, correlation: context.correlation)
                .response(in: simulator.layout)
        }
        return try step(
            InteractionStep(simulator: simulator, name: name, interaction: interaction))
    }
}

/// One step of a sign-in in its browser.
struct InteractionStep: Sendable {
    let simulator: Simulator
    let name: String
    let interaction: Interaction

    private var client: ServiceProvider { interaction.request.client }
    private var base: String { simulator.path("/interaction/\(name)") }

    /// With a session nobody is asked again who they are, whatever `prompt` says: only the
    /// information page is shown.
    func begin(_ jar: CookieJar) -> Response {
        let now = simulator.environment.now()
        if let session = jar[simulator.cookies.session],
            let person = simulator.sessions.update(session, for: Lifetime.session, at: now, { $0 })
        {
            _ = simulator.interactions.update(name, at: now) { $0.person = person }
            return Redirect.seeOther(base + "/information")
        }
        if let hinted = interaction.request.identityProvider {
            return Redirect.seeOther(base + "/fournisseur/\(hinted.rawValue)")
        }
        return PageResponse(
            ProviderChoicePage(client: client.name, base: base).inside(simulator.layout)
        )
        .response
    }

    func passwordPage(_ provider: IdentityProvider) -> Response {
        page(provider, number: "", isWrong: false)
    }

    private func page(_ provider: IdentityProvider, number: String, isWrong: Bool) -> Response {
        PageResponse(
            PasswordPage(
                provider: provider, base: base, identities: simulator.identities.identities,
                number: number, isWrong: isWrong
            ).inside(simulator.layout), status: isWrong ? .unprocessableContent : .ok
        ).response
    }

    func signIn(_ form: Form, _ provider: IdentityProvider, _ context: ServingContext) -> Response {
        let number = (form[PasswordPage.numberField] ?? "").filter { $0 != " " }
        let password = form[PasswordPage.passwordField] ?? ""
        guard let identity = simulator.identities.signIn(number, password: password) else {
            return page(provider, number: number, isWrong: true)
        }
        if let obstacle = identity.obstacle {
            answer(.refused(obstacle.response))
            return TechnicalErrorPage(
                error: obstacle, correlation: context.correlation,
                wayBack: (client.name, base + "/abandon")
            ).response(in: simulator.layout)
        }
        let person = SignedIn(identity: identity, identityProvider: provider)
        let now = simulator.environment.now()
        _ = simulator.interactions.update(name, at: now) { $0.person = person }
        let session = simulator.sessions.insert(
            person, for: Lifetime.session, at: now, random: simulator.environment.random)
        return Redirect.seeOther(
            base + "/information",
            headers: [
                .setCookie: simulator.cookies.setCookie(simulator.cookies.session, session)
            ])
    }

    func informationPage() -> Response {
        guard let person = interaction.person else { return Redirect.seeOther(base) }
        return PageResponse(
            InformationPage(
                identity: simulator.conduct.present(person.identity), client: client.name,
                base: base, transmitted: ReleasedClaims.words(for: interaction.request.scope)
            ).inside(simulator.layout)
        ).response
    }

    func goOn() -> Response {
        guard let person = interaction.person else { return Redirect.seeOther(base) }
        guard interaction.answer == nil else { return Redirect.seeOther(base + "/retour") }
        let now = simulator.environment.now()
        let request = interaction.request
        let grant = Grant(
            clientID: client.clientID, person: person, scope: request.scope, nonce: request.nonce,
            acr: request.acr, hasAMR: request.wantsAMR, authenticatedAt: now)
        let code = simulator.codes.insert(
            AuthorizationCode(grant: grant, redirectURI: request.redirectURI),
            for: Lifetime.code, at: now,
            random: simulator.environment.random)
        answer(.code(code))
        return Redirect.seeOther(base + "/retour")
    }

    func giveUp() -> Response {
        if interaction.answer == nil {
            answer(.refused(AuthorizationRefusal("access_denied", "User auth aborted")))
        }
        return Redirect.seeOther(base + "/retour")
    }

    private func answer(_ answer: AuthorizationAnswer) {
        let url = answer.url(
            interaction.request.redirectURI, state: interaction.request.state, of: simulator)
        _ = simulator.interactions.update(name, at: simulator.environment.now()) { $0.answer = url }
    }

    /// A page that leaves by itself: a redirect after a POST would meet our own `form-action` (D15).
    func leave() -> Response {
        guard let url = interaction.answer else { return Redirect.seeOther(base) }
        return LeavePage(layout: simulator.layout, to: url, destination: client.name).response
    }
}
