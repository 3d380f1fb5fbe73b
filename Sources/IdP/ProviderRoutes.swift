import FoundationEssentials
import Flow
import HTTPTypes
import Hummingbird
import Parents
import Serving
import Tokens
import Web

/// Every address of the identity provider, and what answers it.
struct ProviderRoutes: Sendable {
    let desk: Desk
    let keyLead: Duration
    let information: InformationPages
    private let doors: SignInDoors
    private let passwords: PasswordCheck
    private let passwordStep: PasswordStep

    init(
        desk: Desk, keyLead: Duration, upstreams: [Upstream] = [],
        information: InformationPages? = nil
    ) throws {
        self.desk = desk
        self.keyLead = keyLead
        self.information = try information ?? InformationPages(desk: desk)
        doors = SignInDoors(upstreams: upstreams)
        passwords = try PasswordCheck(desk: desk)
        passwordStep = PasswordStep(passwords: passwords, doors: doors)
    }

    func responder() -> some HTTPResponder<ServingContext> {
        let router = Router<ServingContext>.serving()
        router.add(middleware: ErrorPages(render: FailureAnswers(layout: desk.layout).render))
        router.add(middleware: ErrorResponses(layout: desk.layout))
        router.add(middleware: ExactPaths())
        StaticFiles.addRoutes(to: router)
        information.addRoutes(to: router)
        PortalPages(desk: desk).addRoutes(to: router)
        addAccount(to: router)
        HealthEndpoint(desk: desk).addRoutes(to: router)
        addSignIn(to: router)
        PasswordResetEndpoint(desk: desk).addRoutes(to: router)
        addSignOut(to: router)
        addProtocol(to: router)
        router.refuseOtherMethods(withoutHeadAt: [AuthorizeEndpoint.path, EndSessionEndpoint.path])
        return router.buildResponder()
    }

    private func addSignIn(to router: Router<ServingContext>) {
        let answers = AuthorizationResponse(desk: desk)
        let authorize = AuthorizeEndpoint(desk: desk, answers: answers)
        router.get("/authorize", use: authorize.begin)
        router.post("/authorize", use: authorize.relay)
        let dispatcher = Dispatcher(
            desk: desk, steps: steps,
            ending: FlowEnding(answers: answers, pages: PageOpening(desk: desk)))
        router.get("/authorize/:id", use: dispatcher.proceed)
        router.get("/authorize/:id/:step", use: dispatcher.show)
        router.post("/authorize/:id/:step", use: dispatcher.submit)
        for upstream in doors.upstreams {
            router.get(RouterPath(upstream.callbackPath)) { request, context in
                try await dispatcher.callback(from: upstream.id, request, context)
            }
        }
    }

    /// Every way to say who one is, or to agree to something: a step a line.
    private var steps: [any AuthenticationStep] {
        [
            passwordStep, WithoutPhoneStep(doors: doors), UpstreamStep(doors: doors),
            MobileNumberStep(), IdentityStep(), SMSCodeStep(), ChildrenStep(doors: doors),
            NewPasswordStep(),
            PasswordNotChangedStep(), ActivationStep(), VerificationStep(), WaitingStep(),
            AddressStep(), AddressCheckStep(), StepUpStep(), StepUpCodeStep(), ConsentStep(),
            ForgottenIdentifierStep(), IdentifierSentStep(), LostPasswordStep(doors: doors),
            ResetSentStep(), ResetCodeStep(), ResetPasswordStep(), ResetDoneStep(),
        ]
    }

    /// « Mon compte », and what its mails lead to.
    private func addAccount(to router: Router<ServingContext>) {
        AccountPages(desk: desk).addRoutes(to: router)
        PasswordPages(desk: desk, passwords: passwords).addRoutes(to: router)
        AddressPages(desk: desk).addRoutes(to: router)
        SecurityPages(desk: desk, providers: doors.names).addRoutes(to: router)
        IdentitiesPages(desk: desk, providers: doors.names).addRoutes(to: router)
        AddressChangeEndpoint(desk: desk).addRoutes(to: router)
        ConfirmationEndpoint(desk: desk).addRoutes(to: router)
        RegroupingPages(desk: desk, passwords: passwords).addRoutes(to: router)
    }

    private func addSignOut(to router: Router<ServingContext>) {
        let endSession = EndSessionEndpoint(desk: desk, upstreams: doors.upstreams)
        router.get(RouterPath(EndSessionEndpoint.path), use: endSession.get)
        router.post(RouterPath(EndSessionEndpoint.path), use: endSession.relay)
        router.post(RouterPath(EndSessionEndpoint.confirmationPath), use: endSession.confirm)
        router.get(RouterPath(EndSessionEndpoint.leavingPath), use: endSession.leave)
        for upstream in doors.upstreams {
            router.get(RouterPath(upstream.signedOutPath)) { request, context in
                try await endSession.returned(from: upstream.id, request, context)
            }
        }
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
        let keys = JWKSetEndpoint(desk: desk, keyLead: keyLead)
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
