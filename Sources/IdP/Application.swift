import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Logging
import Serving
import ServiceLifecycle
import Store
import Tokens
import UnixSignals
import Web

/// Builds every part of the identity provider from its configuration: the only wiring.
struct Application: Sendable {
    let configuration: Configuration
    let desk: Desk
    private let passwordStep: PasswordStep

    /// Opens the store and the keys. Throws what is wrong with either, in a sentence.
    static func open(
        _ configuration: Configuration, environment: ServerEnvironment, store: IdentityStore
    ) throws -> Application {
        let folder = configuration.keys.folder
        if configuration.keys.makesFirst {
            try configuration.makeFolder(folder)
            try KeyRing.makeFirst(folder: folder, algorithms: Algorithm.allCases, at: environment.now())
        }
        let desk = Desk(
            issuer: configuration.issuer.text, policy: configuration.policy, environment: environment,
            store: store, keys: try LiveKeys(folder: folder),
            cookies: CookieNames(secure: configuration.isSecure, application: "educonnect"),
            layout: Layout(product: Self.product(configuration)),
            passwordPool: WorkerPool(
                threads: configuration.passwordThreads,
                waiting: configuration.passwordThreads * Self.waitingPerPasswordThread,
                niceness: Self.passwordNiceness),
            signaturePool: WorkerPool(
                threads: configuration.passwordThreads, waiting: Self.signaturesWaiting))
        return Application(
            configuration: configuration, desk: desk,
            passwordStep: try PasswordStep(environment: environment))
    }

    /// At 60 ms a hash nobody waits longer than half a second; past that, 503 at once.
    private static let waitingPerPasswordThread = 8
    /// Password hashes give way to everything else.
    private static let passwordNiceness: Int32 = 10
    private static let signaturesWaiting = 512

    private static func product(_ configuration: Configuration) -> Layout.Product {
        Layout.Product(
            name: "EDUCONNECT", slogan: "Le portail des responsables d'élèves du 1er degré", home: "/",
            version: Self.version,
            footer: [
                Layout.Link("Contacts", InformationPages.contactPath),
                Layout.Link("Mentions légales", InformationPages.legalPath),
                Layout.Link("Aide", InformationPages.helpPath),
            ],
            banner: configuration.banner)
    }

    static let version = "v0.1.0"

    /// Serves until SIGTERM or SIGINT, then drains.
    func run(control: ControlSocket?, onBound: @escaping @Sendable (Int) async -> Void) async throws {
        let listener = Listener(
            options: configuration.listen, environment: desk.environment,
            securityHeaders: SecurityHeaders(https: configuration.isSecure), responder: responder(),
            onBound: onBound)
        var services: [any Service] = [
            desk.keys.reloading(log: desk.environment.log),
            Sweeper(store: desk.store, environment: desk.environment),
        ]
        if let control { services.append(control) }
        // Last in, first out: the listener stops first, the rest once nobody asks any more.
        services.append(listener)
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: desk.environment.log)
        ).run()
        await desk.store.close()
    }

    func responder() -> some HTTPResponder<ServingContext> {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(render: FailureAnswers(layout: desk.layout).render))
        router.add(middleware: ErrorResponses(layout: desk.layout))
        StaticFiles.addRoutes(to: router)
        InformationPages(layout: desk.layout).addRoutes(to: router)
        HealthEndpoint(desk: desk).addRoutes(to: router)
        addSignIn(to: router)
        addSignOut(to: router)
        addProtocol(to: router)
        router.refuseOtherMethods()
        return router.buildResponder()
    }

    private func addSignIn(to router: Router<ServingContext>) {
        let answers = AuthorizationResponse(desk: desk)
        let authorize = AuthorizeEndpoint(desk: desk, answers: answers)
        router.get("/authorize", use: authorize.begin)
        router.post("/authorize", use: authorize.relay)
        let dispatcher = Dispatcher(desk: desk, steps: steps, ending: answers)
        router.get("/authorize/:id", use: dispatcher.proceed)
        router.get("/authorize/:id/:step", use: dispatcher.show)
        router.post("/authorize/:id/:step", use: dispatcher.submit)
    }

    /// Every way to say who one is, or to agree to something: a step a line.
    private var steps: [any AuthenticationStep] {
        [passwordStep, ConsentStep()]
    }

    private func addSignOut(to router: Router<ServingContext>) {
        let endSession = EndSessionEndpoint(desk: desk)
        router.get(RouterPath(EndSessionEndpoint.path), use: endSession.get)
        router.post(RouterPath(EndSessionEndpoint.path), use: endSession.relay)
        router.post(RouterPath(EndSessionEndpoint.confirmationPath), use: endSession.confirm)
        router.get(RouterPath(EndSessionEndpoint.leavingPath), use: endSession.leave)
    }

    private func addProtocol(to router: Router<ServingContext>) {
        let authentication = ClientAuthentication(desk: desk)
        let token = TokenEndpoint(
            desk: desk, authentication: authentication, grantTypes: Self.grantTypes(desk))
        router.post(RouterPath(TokenEndpoint.path), use: token.respond)
        let revocation = RevocationEndpoint(desk: desk, authentication: authentication)
        router.post(RouterPath(RevocationEndpoint.path), use: revocation.respond)
        let introspection = IntrospectionEndpoint(desk: desk, authentication: authentication)
        router.post(RouterPath(IntrospectionEndpoint.path), use: introspection.respond)
        let userInfo = UserInfoEndpoint(desk: desk)
        router.get(RouterPath(UserInfoEndpoint.path), use: userInfo.respond)
        router.post(RouterPath(UserInfoEndpoint.path), use: userInfo.respond)
        let keys = JWKSetEndpoint(desk: desk, keyLead: configuration.keys.lead)
        router.get(RouterPath(JWKSetEndpoint.path), use: keys.respond)
        let discovery = DiscoveryEndpoint(
            desk: desk, grantTypes: Self.grantTypes(desk),
            browserPaths: .init(
                authorization: AuthorizeEndpoint.path, endSession: EndSessionEndpoint.path))
        router.get(RouterPath(DiscoveryEndpoint.path), use: discovery.respond)
        router.get(RouterPath(DiscoveryEndpoint.oauthPath), use: discovery.respond)
    }

    /// What the token endpoint takes, and discovery says: a grant type a line.
    private static func grantTypes(_ desk: Desk) -> [any GrantType] {
        [
            AuthorizationCodeGrant(desk: desk), RefreshTokenGrant(desk: desk),
            ClientCredentialsGrant(desk: desk),
        ]
    }
}
